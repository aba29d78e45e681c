"""The one command line: python3 build.py serve | test | bundle | package | bench

This file alone is read by any Python, however old, so that an old one gets a sentence and not a syntax error.
"""

import os
import signal
import subprocess
import sys


def main(arguments):
    if sys.version_info < (3, 11):
        version = ".".join(str(part) for part in sys.version_info[:3])
        return "This needs Python 3.11 or newer and was started with " + version + ": try python3.11 build.py."

    from bundler import command_line
    from bundler.machine import environment
    from bundler.machine.errors import BuildError

    options = command_line.parse(arguments)  # before anything is installed: a mistyped option costs no minute
    # A signal ends the program that we wait for, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        python = environment.prepare(for_tests=command_line.needs_browsers(options))
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
