"""`python -m bundler VERB`: what build.py starts once the environment is there."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from .build import dist
from .machine.environment import ROOT
from .machine.errors import BuildError
from .machine.progress import paint, say


def main(argv: list[str] | None = None) -> int:
    args, rest = _parser().parse_known_args(argv)
    if rest and args.verb != "test":
        _parser().error(f"there is no option {rest[0]} for {args.verb}.")
    # A signal ends whatever program we wait for, and so leaves none behind.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if args.verb == "bundle":
            if args.profile:
                from .slim.record import record  # as for the tests below

                record()
            say(f"{dist.build(args.runtime).relative_to(ROOT)}/ is up to date.")
        elif args.verb == "test":
            from .checks import run_all  # a machine that only serves has no pytest and no browsers' driver

            return run_all(rest)
        elif args.verb == "bench":
            _bench(args)  # as for the tests
        else:
            from .demo.serve import serve

            serve(args.port, args.data.resolve(), args.widgets.resolve(), args.json, args.runtime, with_days=args.demo)
    except BuildError as error:
        say(paint(str(error), "red"))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _bench(args: argparse.Namespace) -> None:
    if args.server:
        from .bench import server_run

        server_run.bench(args.rounds)
    else:
        from .bench.run import bench
        from .bench.visitors import NAMES

        bench(args.rounds, NAMES if args.browser == "all" else (args.browser,))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python3 build.py", allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    serve = verbs.add_parser("serve", help="serve a demo shop, the CDN and the API on this machine")
    serve.add_argument(
        "--port", type=_port, default=8000, help="the first of three ports (default 8000); 0 takes free ones"
    )
    serve.add_argument(
        "--data", type=Path, default=ROOT / "data", metavar="DIR", help="where events are stored (default ./data)"
    )
    serve.add_argument(
        "--widgets",
        type=Path,
        default=ROOT / "web" / "demo" / "widgets",
        metavar="DIR",
        help="the widgets' content, {id}.json each (default: the demo's)",
    )
    serve.add_argument("--demo", action="store_true", help="give the console 30 made-up days to show")
    serve.add_argument("--json", action="store_true", help="print the addresses as one line of JSON on stdout")

    verbs.add_parser("test", help="check and test everything; what follows goes to pytest", add_help=False)
    bundle = verbs.add_parser("bundle", help="make dist/, which a CDN serves")
    for verb in (serve, bundle):
        said = "slim (the default), or stock for the released Pyodide alone"
        verb.add_argument("--runtime", choices=dist.RUNTIMES, default=dist.RUNTIME, help=said)
    said = "record anew which code runs at every visit: after an upgrade of Pyodide, or a new way through the widget"
    bundle.add_argument("--profile", action="store_true", help=said)

    bench = verbs.add_parser("bench", help="compare what the widget costs a page with other ways, in real browsers")
    bench.add_argument(
        "--rounds",
        type=_rounds,
        default=5,
        help="visits of each page, or loads of the server (default 5)",
    )
    bench.add_argument("--server", action="store_true", help="measure the server under load, and no browser")
    choices = ("chromium", "firefox", "webkit", "all")
    bench.add_argument("--browser", choices=choices, default="all", help="one of them alone (default: all)")
    return parser


def _rounds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1000):
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 1000.")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65533):
        raise argparse.ArgumentTypeError("must be a whole number from 0 to 65533.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
