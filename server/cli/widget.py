"""`widget`: registers widgets, lists them and removes them from the register."""

from __future__ import annotations

import argparse

from .. import COMMAND
from ..config import Config
from ..control.accounts import Accounts
from ..control.audit import COMMAND_LINE
from ..control.origins import Origins, in_words
from ..control.widgets import Widgets
from ..errors import UnknownWidgetError
from ..retention_period import RETENTION_DAYS
from .control import open_database
from .parsing import Commands, add_command, add_group

ABOUT = f"""\
The server serves and measures only registered widgets. A widget's id belongs to one account.
Its content is the file {{id}}.json in the --widgets directory of `serve`.

  {COMMAND} widget add w1 w2 --account acme
  {COMMAND} widget list --account acme
  {COMMAND} widget origins w1 --set https://shop.example https://www.shop.example
  {COMMAND} widget remove w2"""


def add_to(commands: Commands) -> None:
    group = add_group(commands, "widget", help="register widgets", about=ABOUT)
    about = "Registers widgets for an account. Widgets that the account has already stay as they are."
    add = add_command(group, "add", run_add, help="register widgets for an account", about=about)
    add.add_argument("widgets", nargs="+", metavar="WIDGET", help="1-64 letters, digits, - or _")
    add.add_argument("--account", required=True, metavar="ID", help="the account that owns them")

    about = "Lists the registered widgets with their accounts."
    each = add_command(group, "list", run_list, help="list the widgets", about=about)
    each.add_argument("--account", metavar="ID", help="only the widgets of this account")

    about = """\
Shows the origins whose pages may show the widget, or replaces them. Pages of other origins get
no content, and what they send is refused. Without any, all origins may. A page without the
header Origin counts as one of the server's public address."""
    origins = add_command(group, "origins", run_origins, help="limit a widget to origins", about=about)
    origins.add_argument("widget", metavar="WIDGET")
    change = origins.add_mutually_exclusive_group()
    change.add_argument("--set", nargs="+", metavar="ORIGIN", help="only these, such as https://shop.example")
    change.add_argument("--all", action="store_true", help="all origins again")

    about = f"Stops serving and measuring the widget. Its stored rows stay for up to {RETENTION_DAYS} days."
    remove = add_command(group, "remove", run_remove, help="remove a widget from the register", about=about)
    remove.add_argument("widget", metavar="WIDGET")


def run_add(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        new = [widget for widget in args.widgets if Widgets(database).add(widget, args.account, actor=COMMAND_LINE)]
    print(f"Registered for {args.account}: {', '.join(new)}." if new else f"{args.account} has them already.")


def run_list(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        if args.account is not None:
            Accounts(database).get(args.account)
        owners = {widget: account.id for widget, account in sorted(Accounts(database).by_widget().items())}
    lines = [f"{widget}  {owner}" for widget, owner in owners.items() if args.account in (None, owner)]
    print("\n".join(lines) or f"There is no widget yet; `{COMMAND} widget add` registers one.")


def run_origins(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        if args.set or args.all:
            Origins(database).set(args.widget, args.set or [], actor=COMMAND_LINE)
        elif args.widget not in Accounts(database).by_widget():
            raise UnknownWidgetError(args.widget)
        print(f"{args.widget}: {in_words(Origins(database).of(args.widget))}")


def run_remove(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        Widgets(database).remove(args.widget, actor=COMMAND_LINE)
    print(f"Removed {args.widget}: it is no longer served or measured.")
