"""`erase`: erases stored rows from the disk. A running server is asked; else the store is opened directly."""

from __future__ import annotations

import argparse
import contextlib
from datetime import UTC, datetime
from typing import Any

from .. import COMMAND
from ..config import Config
from ..control.audit import COMMAND_LINE
from ..data_directory import DataDirectory
from ..errors import ConfigError, DirectoryInUseError, SettingError
from .control import open_database
from .parsing import Commands, add_command, option_type
from .running import ask_json

ERASE_S = 600.0  # the engine first writes all files anew that have the rows
ABOUT = f"""\
Erases an account's stored rows and content answers: all of them, those of a widget, or those of
a stretch of time. It ends once they are gone from the disk, within minutes. Later backups do
not have them; delete the earlier ones. The account and its settings stay.

  {COMMAND} erase acme --widget w1
  {COMMAND} erase acme --from 2026-11-24T15:00:00Z --to 2026-11-24T16:00:00Z
  {COMMAND} erase acme --node --store "clickhouse://...@ch2/telemetry?cluster=tresta&replicated=no"

The last is for a cluster without a Keeper: run it for each node. To leave rows out of the
figures without erasing them, use `{COMMAND} account exclude`."""


def moment(text: str) -> datetime:
    """A converter for times with their offset from UTC."""
    with contextlib.suppress(ValueError):
        at = datetime.fromisoformat(text)
        if at.tzinfo:
            return at.astimezone(UTC)
    raise ValueError("must be a time such as 2026-11-24T15:00:00Z")


def add_stretch(parser: argparse.ArgumentParser) -> None:
    """Add the options --from and --to."""
    parser.add_argument("--from", dest="start", type=option_type(moment), metavar="TIME", help="the first moment")
    parser.add_argument("--to", dest="stop", type=option_type(moment), metavar="TIME", help="the end, exclusive")


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "erase", run, "store", help="erase stored rows", about=ABOUT)
    parser.add_argument("account", metavar="ID")
    parser.add_argument("--widget", metavar="WIDGET", help="only the rows of this widget")
    add_stretch(parser)
    parser.add_argument("--node", action="store_true", help="erase on the node of --store, beside a running server")


def run(args: argparse.Namespace, config: Config) -> None:
    if args.start and args.stop and args.start >= args.stop:
        raise SettingError("--from must be earlier than --to.")
    if args.node and not config.store:
        raise ConfigError("--node needs --store with the address of a node: clickhouse://...")
    erased = erase_rows(config, args.account, args.widget, args.start, args.stop, directly=args.node)
    print(f"Erased {erased['rows']} rows of {args.account}.{left(erased)}")


def left(erased: dict[str, Any]) -> str:
    """A sentence about the nodes that were not reached, or nothing."""
    if not erased["left"]:
        return ""
    return f" {erased['left']} rows are left on other nodes: run `{COMMAND} erase --node` for each of them."


def erase_rows(
    config: Config,
    account: str,
    widget: str | None = None,
    start: datetime | None = None,
    stop: datetime | None = None,
    *,
    directly: bool = False,
) -> dict[str, Any]:
    """Erase by the running server, or `directly` or without one in the store. Returns the numbers `rows` and `left`."""
    data = DataDirectory(config.data)
    try:
        with contextlib.nullcontext() if directly else data.lock(), open_database(config) as database:
            from .. import erasing  # here, because it loads the engine
            from ..store.erasure import Erasure
            from ..store.store import Store

            with contextlib.closing(Store(config.store or data.store)) as store:
                erasure = Erasure(account, widget, start, stop)
                erased = erasing.erase(database, store, erasure, actor=COMMAND_LINE)
            return {"rows": erased.rows, "left": erased.left}
    except DirectoryInUseError:
        body = {"widget": widget, "from": start and start.isoformat(), "to": stop and stop.isoformat()}
        answer: dict[str, Any] = ask_json(data, f"/accounts/{account}/erase", "POST", body, timeout_s=ERASE_S)
        return answer
