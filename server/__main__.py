"""The command line: `python -m server serve`, `python -m server events`."""

from __future__ import annotations

import argparse
import errno
import json
import sys
from collections.abc import Callable
from pathlib import Path

from .data_directory import DataDirectory
from .errors import DirectoryInUseError, StoreError
from .events import as_table, newest_events

ABOUT = """\
The collector: it takes the widgets' telemetry, keeps it for at most 90 days, and serves
the widgets' content. No address, browser, referrer or cookie is stored or logged."""
EXAMPLES = """\
examples:
  python -m server serve --widgets widgets           on port 8787, with everything kept in ./data
  python -m server serve --widgets widgets --port 0  on a free port, which is printed
  python -m server events --limit 20                 the newest rows, as a table
  python -m server COMMAND --help                    all of a command's options

The same rows over HTTP, for whoever can read the operator's token:
  curl -H "Authorization: Bearer $(cat data/operator.token)" http://127.0.0.1:8787/api/v1/events?limit=10"""
SERVE = """\
Runs the server until Ctrl-C or SIGTERM, then stores what waits and ends.

  POST /telemetry                a batch of figures from a page; answered once it is stored
  GET  /api/widgets/{id}/public  a widget's content, from {id}.json in the --widgets directory
  GET  /api/v1/events?limit=10   the newest rows, for the holder of the operator's token
  GET  /health                   figures about the server itself"""
EVENTS = """\
Shows the newest stored rows: asks the server that runs on the data directory, or reads the
store itself when none does. Each row stands for count * weight events, weight being 1 / rate."""


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    data = DataDirectory(args.data)
    try:
        return _serve(args, data) if args.command == "serve" else _events(args, data)
    except DirectoryInUseError:
        return _fail(f"Another process uses the data in {data.path}; stop it, or give another --data.")
    except StoreError as error:
        return _fail(f"{error} Its files are in {data.store}.")


def _serve(args: argparse.Namespace, data: DataDirectory) -> int:
    from .process import serve  # `events` needs neither the engine nor the web server

    if not args.widgets.is_dir():
        return _fail(f"There is no directory {args.widgets}; --widgets takes the one with the content files.")
    try:
        serve(args.host, args.port, data, args.widgets, args.shop_origin, args.durability)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _fail(f"Port {args.port} is taken; choose another with --port, or 0 for a free one.")
        return _fail(f"The server cannot start: {error}.")
    return 0


def _events(args: argparse.Namespace, data: DataDirectory) -> int:
    if not data.store.is_dir():
        return _fail(f"There is no store in {data.path}; --data takes the server's data directory.")
    try:
        events = newest_events(data, args.limit)
    except OSError as error:
        return _fail(f"The server that uses {data.path} does not answer: {error}.")
    if args.json:
        print(json.dumps({"events": events}))
    else:
        print(as_table(events) if events else "No event is stored yet.")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m server", description=ABOUT, epilog=EXAMPLES, formatter_class=raw)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run the server", description=SERVE, formatter_class=raw)
    option = serve.add_argument
    option("--widgets", type=Path, required=True, metavar="DIR", help="the widgets' content, {id}.json each")
    option("--port", type=_number(0, 65535), default=8787, help="0 takes a free one (default 8787)")
    option("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)")
    option("--shop-origin", default="", metavar="URL", help="what {{SHOP}} in the content files stands for")
    said = "acknowledge a batch once it is on the disk (the default), or at once, with a second's rows at risk"
    option("--durability", choices=("durable", "buffered"), default="durable", help=said)

    events = commands.add_parser("events", help="show the newest rows", description=EVENTS, formatter_class=raw)
    events.add_argument("--limit", type=_number(1, 1000), default=10, metavar="N", help="1 to 1000 (default 10)")
    events.add_argument("--json", action="store_true", help="JSON instead of a table")

    for command in (serve, events):
        data_help = "where the server keeps its store and token (default ./data)"
        command.add_argument("--data", type=Path, default=Path("data"), metavar="DIR", help=data_help)
    return parser


def _number(least: int, most: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}.")
        return int(text)

    return convert


if __name__ == "__main__":
    sys.exit(main())
