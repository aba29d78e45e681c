"""The verbs and options of build.py. Standard library only: they are read before anything is installed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from .build.runtimes import RUNTIMES
from .machine.environment import ROOT

BROWSERS = ("chromium", "firefox", "webkit", "all")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The verb and its options. Ends the process with a sentence if they are wrong, and after --help.

    What follows `test` goes to pytest and is in `pytest_args`, but for `--fast`.
    """
    options, rest = _parser().parse_known_args(arguments)
    if options.verb == "test":
        options.pytest_args = rest
    elif rest:
        _parser().error(f"there is no option {rest[0]} for {options.verb}")
    return options


def needs_browsers(options: argparse.Namespace) -> bool:
    """True if the verb needs what testing takes: pytest, the browsers' drivers, linters."""
    return options.verb in ("test", "bench") or (options.verb == "bundle" and options.profile)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message[0].upper()}{message[1:].rstrip('.')}. `{self.prog} --help` lists what there is.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python3 build.py", allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_serve(verbs.add_parser("serve", help="serve a demo shop, the CDN and the server on this machine"))
    about = "Checks and tests everything. Other options, such as -k or a test file, go to pytest."
    test = verbs.add_parser("test", help="check and test everything", description=about, allow_abbrev=False)
    test.add_argument("--fast", action="store_true", help="only what needs no browser and no build: about a minute")
    bundle = verbs.add_parser("bundle", help="make dist/, which a CDN serves")
    _add_runtime(bundle)
    reason = "record anew which code runs at every visit: after an upgrade of Pyodide, or a new way through the widget"
    bundle.add_argument("--profile", action="store_true", help=reason)
    package = verbs.add_parser("package", help="make the wheels and the npm package in dist/packages/")
    package.add_argument("--dirty", action="store_true", help="allow uncommitted changes, and mark the version")
    _add_bench(verbs.add_parser("bench", help="compare what the widget costs a page with other ways, in real browsers"))
    return parser


def _add_serve(serve: argparse.ArgumentParser) -> None:
    port = "the first of three ports (default 8000); 0 takes free ones"
    serve.add_argument("--port", type=_whole_number(0, 65533), default=8000, help=port)
    data, widgets = ROOT / "data", ROOT / "web" / "demo" / "widgets"
    serve.add_argument(
        "--data", type=Path, default=data, metavar="DIR", help="where events are stored (default ./data)"
    )
    content = "the widgets' content, {id}.json each (default: the demo's)"
    serve.add_argument("--widgets", type=Path, default=widgets, metavar="DIR", help=content)
    serve.add_argument("--demo", action="store_true", help="give the console 30 made-up days to show")
    serve.add_argument("--json", action="store_true", help="print the addresses as one line of JSON on stdout")
    _add_runtime(serve)


def _add_runtime(parser: argparse.ArgumentParser) -> None:
    choices = "slim (the default), or stock for the released Pyodide alone"
    parser.add_argument("--runtime", choices=RUNTIMES, help=choices)


def _add_bench(bench: argparse.ArgumentParser) -> None:
    rounds = "visits of each page, or loads of the server (default 5)"
    bench.add_argument("--rounds", type=_whole_number(1, 1000), default=5, help=rounds)
    bench.add_argument("--server", action="store_true", help="measure the server under load, and no browser")
    scale = "compare 1, 2 and 4 server processes on one PostgreSQL and one ClickHouse"
    bench.add_argument("--scale", action="store_true", help=scale)
    soak = "load the server with half of what it can take for this long, and tell how its memory grows"
    bench.add_argument("--soak", type=_whole_number(1, 1440), metavar="MINUTES", help=soak)
    fuzz = "try so many inputs on the parser of batches, led by which code they reach"
    bench.add_argument("--fuzz", type=_whole_number(1, 10**9), metavar="INPUTS", help=fuzz)
    starts = "start our Python and the released Pyodide so often in Chromium, and tell which starts crash"
    bench.add_argument("--starts", type=_whole_number(1, 100_000), metavar="N", help=starts)
    mutants = "make small changes in a module, or in those of a package, and name those that no test notices"
    bench.add_argument("--mutants", metavar="PATH", help=mutants)
    bench.add_argument("--browser", choices=BROWSERS, default="all", help="one of them alone (default: all)")


def _whole_number(least: int, most: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}.")
        return int(text)

    return convert
