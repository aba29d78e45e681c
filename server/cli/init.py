"""`init`: what a new server needs, made or completed."""

from __future__ import annotations

import argparse
import contextlib
import shlex
from pathlib import Path

from widget.telemetry.schema import is_widget_id

from ..config import Config
from ..control.accounts import Account, Accounts
from ..control.audit import COMMAND_LINE
from ..control.database import ControlDatabase
from ..control.operator_token import operator_token
from ..control.settings import in_words
from ..control.tokens import Tokens
from ..control.widgets import Widgets
from ..data_directory import DataDirectory
from ..errors import ConfigError, UnknownAccountError
from .parsing import Commands, add_command

ABOUT = """\
Makes a data directory: its control database, the operator's token, an account, and with
--widgets a register of that account's widgets, from the names of the content files. Run
again, it adds what is missing and changes nothing that is there.

  python -m server init --account acme --name "Acme Ltd" --widgets widgets
  python -m server serve --widgets widgets"""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "init", run, "widgets", help="make what a new server needs", about=ABOUT)
    parser.add_argument("--account", metavar="ID", help="make this account, sampled at 1 visit in 100")
    parser.add_argument("--name", help="its name, as people know it (default: the id)")


def run(args: argparse.Namespace, config: Config) -> None:
    if config.widgets and not config.widgets.is_dir():
        raise ConfigError(f"There is no directory {config.widgets}; --widgets takes the one with the content files.")
    data = DataDirectory(config.data)
    data.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.closing(ControlDatabase(data.control)) as database:
        operator_token(data.token, Tokens(database))
        print(f"{data.path} has a control database, and the operator's token in {data.token}.")
        if args.account:
            account = _account(Accounts(database), args.account, args.name or args.account)
            print(f"Account {account.id} ({account.name}): {in_words(account.telemetry)}.")
            if config.widgets:
                print(_register(database, account, config.widgets))
    print(f"Next: {_next(args, config)}")


def _account(accounts: Accounts, id_: str, name: str) -> Account:
    try:
        return accounts.get(id_)
    except UnknownAccountError:
        return accounts.add(id_, name, actor=COMMAND_LINE)


def _register(database: ControlDatabase, account: Account, directory: Path) -> str:
    widgets, owners = Widgets(database), Accounts(database).by_widget()
    files = sorted(path.stem for path in directory.glob("*.json") if is_widget_id(path.stem))
    for widget in files:
        if widget not in owners:
            widgets.add(widget, account.id, actor=COMMAND_LINE)
    others = [widget for widget in files if widget in owners and owners[widget].id != account.id]
    kept = f" {', '.join(others)} stay with other accounts." if others else ""
    return f"Its widgets: {', '.join(widgets.of(account.id)) or 'none'}.{kept}"


def _next(args: argparse.Namespace, config: Config) -> str:
    data = "" if config.data == Path("data") else f" --data {shlex.quote(str(config.data))}"
    if not args.account:
        return f'python -m server init --account ID --name "NAME" --widgets DIR{data}'
    widgets = shlex.quote(str(config.widgets)) if config.widgets else "DIR"
    return f"python -m server serve --widgets {widgets}{data}"
