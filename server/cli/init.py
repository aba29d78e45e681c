"""`init`: makes what a new server needs, or adds what is missing."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import shutil
from pathlib import Path

from widget.telemetry.schema import is_widget_id

from .. import COMMAND
from ..config import Config
from ..content_files import EXAMPLE
from ..control.accounts import Account, Accounts
from ..control.audit import COMMAND_LINE
from ..control.database import ControlDatabase
from ..control.operator_token import operator_token
from ..control.settings import in_words
from ..control.tokens import Tokens
from ..control.widgets import Widgets
from ..data_directory import DataDirectory
from ..errors import ConfigError, UnknownAccountError
from ..loopback import loopback_problem
from .parsing import Commands, add_command

FIRST_ACCOUNT = "main"
ABOUT = f"""\
Makes a data directory with its control database, the operator's token, an account and an
example content file. With --widgets it uses your directory of content files instead of the
example. It registers each content file as a widget of the account. Run again, it adds what
is missing and changes nothing else.

  {COMMAND} init
  {COMMAND} init --account acme --name "Acme Ltd" --widgets content"""


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands, "init", run, "widgets", "public_url", help="make what a new server needs", about=ABOUT
    )
    parser.add_argument(
        "--account",
        metavar="ID",
        help=f"the account of the widgets (default: the only account, or a new one, {FIRST_ACCOUNT})",
    )
    parser.add_argument("--name", help="the account's name to show (default: its id)")


def run(args: argparse.Namespace, config: Config) -> None:
    if config.widgets and not config.widgets.is_dir():
        raise ConfigError(f"There is no directory {config.widgets}; --widgets takes the one with the content files.")
    data = DataDirectory(config.data)
    data.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with data.left_to_owner(), contextlib.closing(ControlDatabase(config.control_place)) as database:
        account = _account(Accounts(database), args.account, args.name)
        operator_token(data.token, Tokens(database))
        made = f"{data.path} has a control database, and"
        if config.control:
            made = f"{database.engine.name} is the control database; {data.path} has"
        print(f"{made} the operator's token in {data.token}.")
        print(f"Account {account.id} ({account.name}): {in_words(account.telemetry)}.")
        if not config.content.exists():
            config.content.mkdir()
            shutil.copyfile(EXAMPLE, config.content / EXAMPLE.name)
            print(f"{config.content} has an example, {EXAMPLE.name}: edit it, and add a file for each widget.")
        print(_register(database, account, config.content))
    if problem := loopback_problem(config.public_url or f"http://{config.host}"):
        print(f"Before you deploy: {problem}")
    print(f"Next: {_serve_command(config)}")


def _account(accounts: Accounts, id_: str | None, name: str | None) -> Account:
    """The account of this id, made if it does not exist. Without an id: the only account, or a first one.

    Raises ConfigError if no id is given and there are several accounts.
    """
    existing = accounts.all()
    if id_ is None and len(existing) > 1:
        raise ConfigError(
            f"There are several accounts ({', '.join(each.id for each in existing)}): name one with --account."
        )
    if id_ is None:
        id_ = existing[0].id if existing else FIRST_ACCOUNT
    try:
        return accounts.get(id_)
    except UnknownAccountError:
        return accounts.add(id_, name or id_, actor=COMMAND_LINE)


def _register(database: ControlDatabase, account: Account, directory: Path) -> str:
    """Register the directory's content files for the account. Returns a sentence about its widgets."""
    widgets, owners = Widgets(database), Accounts(database).by_widget()
    ids = sorted(path.stem for path in directory.glob("*.json") if is_widget_id(path.stem))
    for widget in ids:
        if widget not in owners:
            widgets.add(widget, account.id, actor=COMMAND_LINE)
    others = [widget for widget in ids if widget in owners and owners[widget].id != account.id]
    note = f" {', '.join(others)} stay with other accounts." if others else ""
    return f"Its widgets: {', '.join(widgets.of(account.id)) or 'none'}.{note}"


def _serve_command(config: Config) -> str:
    data = "" if config.data == Config.data else f" --data {shlex.quote(str(config.data))}"
    widgets = f" --widgets {shlex.quote(str(config.widgets))}" if config.widgets else ""
    return f"{COMMAND} serve{widgets}{data}"
