"""`token`: makes, lists and revokes the tokens for the API and the console."""

from __future__ import annotations

import argparse
import sys

from .. import COMMAND
from ..config import Config
from ..control.accounts import Accounts
from ..control.audit import COMMAND_LINE
from ..control.tokens import Token, Tokens
from .control import open_database
from .parsing import Commands, add_command, add_group

ABOUT = f"""\
A token gives access to the API and the console. Its text is shown once, when it is made: the
server keeps only a hash. A revoked token stops working at once.

  operator  reads and changes everything
  owner     reads and changes one account
  viewer    reads one account

  {COMMAND} token make --scope owner --account acme --label Maria
  {COMMAND} token make --scope operator --label "night shift"
  {COMMAND} token make --scope viewer --account acme --label "for the board" --days 7
  {COMMAND} token list
  {COMMAND} token revoke 3f9a0c12b7de

DATA/operator.token holds an operator's token. Revoke it, and the next start makes another."""


def add_to(commands: Commands) -> None:
    group = add_group(commands, "token", help="make and revoke tokens", about=ABOUT)
    about = "Makes a token and prints its text. The text cannot be shown again."
    make = add_command(group, "make", run_make, help="make a token", about=about)
    make.add_argument("--scope", required=True, help="operator, owner or viewer")
    make.add_argument("--account", metavar="ID", help="the account of an owner or a viewer")
    make.add_argument("--label", required=True, help="the token's holder, for the audit trail")

    make.add_argument("--days", type=int, help="the token ends by itself after so many days, 1-90")

    each = add_command(group, "list", run_list, help="list the tokens", about="Lists all tokens without their text.")
    each.add_argument("--account", metavar="ID", help="only the tokens of this account")

    about = "Revokes a token at once and for good."
    revoke = add_command(group, "revoke", run_revoke, help="revoke a token", about=about)
    revoke.add_argument("id", metavar="ID", help="the id that `token list` shows")


def run_make(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        tokens = Tokens(database)
        token, text = tokens.make(args.scope, args.account, args.label, actor=COMMAND_LINE, days=args.days)
        try:
            print(text, flush=True)  # alone on stdout, for scripts
        except BaseException:  # nobody has seen it, so nobody must be able to use it
            tokens.revoke(token.id, actor=COMMAND_LINE)
            raise
    print(f"This is shown only once. `{COMMAND} token revoke {token.id}` revokes it.", file=sys.stderr)


def run_list(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        if args.account is not None:
            Accounts(database).get(args.account)  # raises for a mistyped one
        print("\n".join(map(_line, Tokens(database).all(args.account))) or "There is no token.")


def run_revoke(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        token = Tokens(database).revoke(args.id, actor=COMMAND_LINE)
    print(f"Revoked the token {token.actor}.")


def _line(token: Token) -> str:
    life = f"revoked {token.revoked_at}" if token.revoked_at else f"made {token.created_at}"
    life += f", ends {token.expires_at}" if token.expires_at and not token.revoked_at else ""
    return f"{token.id}  {token.scope:8}  {token.account or '-'}  {token.label}  {life}"
