"""`widget`: which widgets are known, and whose they are."""

from __future__ import annotations

import argparse

from .. import COMMAND
from ..config import Config
from ..control.accounts import Accounts
from ..control.audit import COMMAND_LINE
from ..control.widgets import Widgets
from .control import opened
from .parsing import Commands, add_command, add_group

ABOUT = f"""\
Only a registered widget is served and measured. Its id belongs to one account; its content is
the file {{id}}.json in the --widgets directory of `serve`.

  {COMMAND} widget add w1 w2 --account acme
  {COMMAND} widget list --account acme
  {COMMAND} widget remove w2"""


def add_to(commands: Commands) -> None:
    group = add_group(commands, "widget", help="register widgets", about=ABOUT)
    about = "Registers widgets for an account; those that are registered for it already stay so."
    add = add_command(group, "add", run_add, help="register widgets for an account", about=about)
    add.add_argument("widgets", nargs="+", metavar="WIDGET", help="1-64 letters, digits, - or _")
    add.add_argument("--account", required=True, metavar="ID", help="whose they are")

    about = "The registered widgets, each with its account."
    each = add_command(group, "list", run_list, help="list the widgets", about=about)
    each.add_argument("--account", metavar="ID", help="only this one's")

    about = "Serves and measures the widget no more. Its stored rows stay for their 90 days."
    remove = add_command(group, "remove", run_remove, help="forget a widget", about=about)
    remove.add_argument("widget", metavar="WIDGET")


def run_add(args: argparse.Namespace, config: Config) -> None:
    with opened(config) as database:
        new = [widget for widget in args.widgets if Widgets(database).add(widget, args.account, actor=COMMAND_LINE)]
    print(f"Registered for {args.account}: {', '.join(new)}." if new else f"{args.account} has them already.")


def run_list(args: argparse.Namespace, config: Config) -> None:
    with opened(config) as database:
        if args.account:
            Accounts(database).get(args.account)
        owners = {widget: account.id for widget, account in sorted(Accounts(database).by_widget().items())}
    lines = [f"{widget}  {owner}" for widget, owner in owners.items() if args.account in (None, owner)]
    print("\n".join(lines) or f"There is no widget yet; `{COMMAND} widget add` registers one.")


def run_remove(args: argparse.Namespace, config: Config) -> None:
    with opened(config) as database:
        Widgets(database).remove(args.widget, actor=COMMAND_LINE)
    print(f"{args.widget} is served and measured no more.")
