"""The one command line: python3 build.py serve | test | bundle | bench

This file alone is read by any Python, however old, so that an old one gets a sentence and not a syntax error.
"""

import os
import signal
import subprocess
import sys

VERBS = ("serve", "test", "bundle", "bench")


def main(arguments):
    if sys.version_info < (3, 11):
        found = ".".join(str(part) for part in sys.version_info[:3])
        return "This needs Python 3.11 or newer and was started with " + found + ": try python3.11 build.py."
    if not arguments or arguments[0] not in VERBS:
        said = "there is no " + repr(arguments[0]) if arguments else "no verb was given"
        return "Say what to do, " + said + ": python3 build.py " + " | ".join(VERBS) + "."

    from bundler.machine import environment
    from bundler.machine.errors import BuildError

    # A signal ends whatever program we wait for, and so leaves none behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        in_browsers = arguments[0] in ("test", "bench") or "--profile" in arguments
        python = environment.prepare(for_tests=in_browsers)
    except BuildError as error:
        return str(error)
    except KeyboardInterrupt:
        return 130
    command = [str(python), "-m", "bundler"] + arguments
    if os.name == "nt":  # there exec returns to the shell at once, with the program still running
        return subprocess.call(command)
    return os.execv(command[0], command)  # the same process, so that a signal reaches the one that serves


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
