"""`account`: the accounts and their telemetry settings."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from .. import COMMAND
from ..config import Config
from ..control.accounts import Account, Accounts
from ..control.audit import COMMAND_LINE, Audit
from ..control.database import ControlDatabase
from ..control.settings import CONFIRMATION, in_words
from ..control.widgets import Widgets
from . import account_changes
from .control import open_database
from .parsing import Commands, add_command, add_group

LATEST = 10  # changes that `account show` prints
ABOUT = f"""\
An account owns widgets, and has one telemetry setting for all of them. A change takes effect
at the next page load. A running server needs no restart.

  off      nothing is measured: pages send nothing, and batches that arrive anyway are refused
  sampled  1 page view in 100 (rate 0.01), or any rate from 0.001 to 0.1
  opt-in   any rate from 0.001 to 1, for owners who have asked their visitors and confirm it

A rate is a fraction of page views: 0.01 is 1 in 100, 1 is every page view.

Errors may have a higher rate. Each event weighs 1 divided by its rate.

A receipt is a small button at the top or the bottom of the widgets. It tells visitors what is
sent, and lets them stop it. Widgets in opt-in always have it.

  {COMMAND} account add acme --name "Acme Ltd"
  {COMMAND} account set acme --mode sampled --rate 0.05
  {COMMAND} account set acme --mode opt-in --rate 1 --confirm "{CONFIRMATION}"
  {COMMAND} account set acme --mode sampled --rate 0.01 --rate-on-error 0.1
  {COMMAND} account set acme --mode off
  {COMMAND} account set acme --mode sampled --receipt bottom
  {COMMAND} account show acme
  {COMMAND} account rename acme --name "Acme Group"
  {COMMAND} account rates acme --add 0.02       a rate that the page's own scripts use
  {COMMAND} account regions acme --on           page views name their region of the world
  {COMMAND} account exclude acme --version 0.4.0
  {COMMAND} account remove acme --confirm acme"""


def add_to(commands: Commands) -> None:
    group = add_group(commands, "account", help="accounts and their telemetry settings", about=ABOUT)
    about = "Makes an account that measures 1 page view in 100."
    add = add_command(group, "add", run_add, help="make an account", about=about)
    add.add_argument("account", metavar="ID", help="1-64 letters, digits, - or _")
    add.add_argument("--name", required=True, help="the name to show for it")

    about = "Lists all accounts with their settings."
    each = add_command(group, "list", run_list, help="list the accounts", about=about)
    about = f"Shows an account: its setting, its widgets, and the latest {LATEST} changes."
    show = add_command(group, "show", run_show, help="show one account", about=about)
    show.add_argument("account", metavar="ID")
    for command in (each, show):
        command.add_argument("--json", action="store_true", help="JSON, for other programs")

    rename = add_command(group, "rename", run_rename, help="change an account's name", about="The id stays.")
    rename.add_argument("account", metavar="ID")
    rename.add_argument("--name", required=True, help="the name to show for it")

    account_changes.add_to(group)

    change = add_command(group, "set", run_set, help="change an account's telemetry setting", about=ABOUT)
    change.add_argument("account", metavar="ID")
    change.add_argument("--mode", required=True, help="off, sampled or opt-in")
    change.add_argument("--rate", type=float, help="a fraction of page views (default 0.01 for sampled)")
    change.add_argument("--rate-on-error", type=float, default=0, metavar="RATE", help="of errors (default: none)")
    change.add_argument("--receipt", help="none, top or bottom (default: as it is)")
    change.add_argument("--confirm", default="", metavar="WORDS", help=f'for opt-in: "{CONFIRMATION}"')


def run_add(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        account = Accounts(database).add(args.account, args.name, actor=COMMAND_LINE)
    print(f"Made the account {_line(account)}.")


def run_list(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        accounts = Accounts(database).all()
        if args.json:
            print(json.dumps({"accounts": [_as_dict(account, database) for account in accounts]}))
        else:
            empty = f"There is no account yet; `{COMMAND} account add` makes one."
            print("\n".join(map(_line, accounts)) or empty)


def run_show(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        account, entries = Accounts(database).get(args.account), Audit(database).entries(args.account, LATEST)
        if args.json:
            print(json.dumps(_as_dict(account, database) | {"audit": list(map(asdict, entries))}))
            return
        print(_line(account))
        print(f"widgets: {', '.join(Widgets(database).of(account.id)) or 'none'}")
    for entry in entries:
        print(f"{entry.at}  {entry.actor}  {entry.action}  {entry.detail}")


def run_set(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        account = Accounts(database).set_telemetry(
            args.account,
            args.mode,
            args.rate,
            rate_on_error=args.rate_on_error,
            receipt=args.receipt,
            confirmation=args.confirm,
            actor=COMMAND_LINE,
        )
    print(f"{_line(account)}, from the next page load on.")


def run_rename(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        print(_line(Accounts(database).rename(args.account, args.name, actor=COMMAND_LINE)))


def _line(account: Account) -> str:
    return f"{account.id} ({account.name}): {in_words(account.telemetry)}"


def _as_dict(account: Account, database: ControlDatabase) -> dict[str, Any]:
    return {**asdict(account), "widgets": Widgets(database).of(account.id)}
