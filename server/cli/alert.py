"""`alert`: lists an account's alert rules and what they fired on, and deletes rules."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from .. import COMMAND
from ..alerts.incidents import Incidents
from ..alerts.rules import Rules
from ..alerts.words import in_words
from ..config import Config, whole_number
from ..control.accounts import Accounts
from ..control.audit import COMMAND_LINE
from .control import open_database
from .parsing import Commands, add_command, add_group, option_type

ABOUT = f"""\
An alert rule tells an account when a widget is slow, fails or is gone. The console and the API
make and change rules; docs/alerts.md explains them.

  {COMMAND} alert list --account acme
  {COMMAND} alert history --account acme
  {COMMAND} alert remove 5d1c0a94b2e7 --account acme"""


def add_to(commands: Commands) -> None:
    group = add_group(commands, "alert", help="list and delete alert rules", about=ABOUT)
    about = "Lists the account's rules with their state."
    each = add_command(group, "list", run_list, help="list the rules", about=about)
    about = "Lists what the rules fired on in the last 90 days, the newest first."
    history = add_command(group, "history", run_history, help="list what they fired on", about=about)
    limit = option_type(whole_number(1, 1000))
    history.add_argument("--limit", type=limit, default=10, metavar="N", help="1 to 1000 (default 10)")
    about = "Deletes a rule. What it fired on stays in the history."
    remove = add_command(group, "remove", run_remove, help="delete a rule", about=about)
    remove.add_argument("id", metavar="ID", help="the id that `alert list` shows")
    for command in (each, history, remove):
        command.add_argument("--account", required=True, metavar="ID", help="the account that owns the rules")


def run_list(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        Accounts(database).get(args.account)
        rules = Rules(database).of(args.account)
        firing = {incident.alert for incident in Incidents(database).open_of(args.account)}
    now = datetime.now(UTC)
    for rule in rules:
        state = "muted" if rule.is_muted(now) else "firing" if rule.id in firing else "quiet"
        print(f"{rule.id}  {state:6}  {in_words(rule)}")
    if not rules:
        print("There is no rule yet; the console's page Alerts makes one.")


def run_history(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        Accounts(database).get(args.account)
        incidents = Incidents(database).history(args.account, datetime.now(UTC), limit=args.limit)
    for incident in incidents:
        print(f"{incident['opened_at']}  {'over' if incident['resolved_at'] else 'open'}  {incident['text']}")
    if not incidents:
        print("No rule has fired.")


def run_remove(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        Rules(database).remove(args.account, args.id, actor=COMMAND_LINE)
    print("Deleted the rule.")
