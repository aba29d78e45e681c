"""`python -m bundler VERB`: what build.py starts once the environment is there."""

from __future__ import annotations

import argparse
import signal
import sys

from . import command_line
from .build import dist
from .machine.environment import ROOT
from .machine.errors import BuildError
from .machine.progress import paint, say


def main(arguments: list[str] | None = None) -> int:
    options = command_line.parse(sys.argv[1:] if arguments is None else arguments)
    # A signal ends the program that we wait for, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return VERBS[options.verb](options)
    except BuildError as error:
        say(paint(str(error), "red"))
        return 1
    except KeyboardInterrupt:
        return 130


# Each verb imports what it needs: a machine that only serves has no pytest and no driver for browsers.


def _serve(options: argparse.Namespace) -> int:
    from .demo.serve import serve

    data, widgets, runtime = options.data.resolve(), options.widgets.resolve(), options.runtime or dist.RUNTIME
    serve(options.port, data, widgets, options.json, runtime, with_days=options.demo)
    return 0


def _test(options: argparse.Namespace) -> int:
    from . import checks

    return checks.run_fast(options.pytest_args) if options.fast else checks.run_all(options.pytest_args)


def _bundle(options: argparse.Namespace) -> int:
    if options.profile:
        from .slim.record import record

        record()
    say(f"{dist.build(options.runtime or dist.RUNTIME).relative_to(ROOT)}/ is up to date.")
    return 0


def _package(options: argparse.Namespace) -> int:
    from .packages import package

    for path in package.build(allow_dirty=options.dirty):
        say(f"  {path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.2f} MB")
    return 0


def _bench(options: argparse.Namespace) -> int:
    if options.soak:
        from .bench import soak

        soak.bench(options.soak)
    elif options.fuzz:
        from .bench import fuzz

        print(fuzz.bench(options.fuzz))
    elif options.starts:
        from .bench import starts

        print(starts.bench(options.starts))
    elif options.mutants:
        from .bench import mutants

        mutants.bench(options.mutants)
    elif options.scale:
        from .bench import scale

        scale.bench(options.rounds)
    elif options.server:
        from .bench import server_run

        server_run.bench(options.rounds)
    else:
        from .bench.run import bench
        from .bench.visitors import NAMES

        bench(options.rounds, NAMES if options.browser == "all" else (options.browser,))
    return 0


VERBS = {"serve": _serve, "test": _test, "bundle": _bundle, "package": _package, "bench": _bench}


if __name__ == "__main__":
    sys.exit(main())
