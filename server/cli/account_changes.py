"""`account rates`, `regions`, `exclude`, `include` and `remove`: what an account's figures rest on, and its end."""

from __future__ import annotations

import argparse

from .. import COMMAND
from ..config import Config
from ..control.accounts import Accounts
from ..control.audit import COMMAND_LINE
from ..control.exclusions import Exclusion, Exclusions
from ..control.rates import Rates, in_words
from ..control.regions import EPSILONS, RegionSettings
from ..errors import ConfigError
from .control import open_database
from .erase import add_stretch, erase_rows, left
from .parsing import Commands, add_command

RATES = """\
Shows or changes the sampling rates that the page's own scripts may use besides the account's,
as in `new Tresta.TelemetryTracker("w1", "1.0.0", {samplingRate: 0.02})`. The server refuses
rows at any other rate. Rates above 0.1 need the mode opt-in."""
EXCLUDE = f"""\
Leaves rows out of all figures without deleting them: those of a widget, a version, a stretch of
time, or all of these together. Without an option it lists what is left out.

  {COMMAND} account exclude acme --from 2026-11-24T15:00:00Z --to 2026-11-24T16:00:00Z
  {COMMAND} account include acme 3      count them again; 3 is the number that the list shows"""
REGIONS = f"""\
Shows whether the account's page views name their region of the world, such as western-europe,
and switches that on or off, from the next page load on.

  {COMMAND} account regions acme --on
  {COMMAND} account regions acme --on --epsilon 2    each page may name another one, by chance
  {COMMAND} account regions acme --off

With --epsilon, a number from {EPSILONS[0]:g} to {EPSILONS[1]:g}, nobody can tell where one page view is from. The
figures are corrected for that. The lower it is, the less is told of a page, and the more page
views a figure takes."""
REMOVE = """\
Removes the account with its widgets, tokens, audit entries and stored rows, and ends once they
are gone from the disk, within minutes. Delete its content files and earlier backups yourself."""


def add_to(group: Commands) -> None:
    rates = add_command(group, "rates", run_rates, help="sampling rates of the page's own scripts", about=RATES)
    rates.add_argument("account", metavar="ID")
    for name, about in (("add", "declare these rates"), ("remove", "withdraw these rates")):
        rates.add_argument(f"--{name}", nargs="+", type=float, default=[], metavar="RATE", help=about)

    regions = add_command(group, "regions", run_regions, help="regions of the world", about=REGIONS)
    regions.add_argument("account", metavar="ID")
    switch = regions.add_mutually_exclusive_group()
    switch.add_argument("--on", action="store_true", help="page views in the sample name their region")
    switch.add_argument("--off", action="store_true", help="they do not")
    regions.add_argument("--epsilon", type=float, metavar="NUMBER", help="with --on: the region is named by chance")

    exclude = add_command(group, "exclude", run_exclude, help="leave rows out of the figures", about=EXCLUDE)
    exclude.add_argument("account", metavar="ID")
    exclude.add_argument("--widget", metavar="WIDGET", help="only rows of this widget")
    exclude.add_argument("--version", metavar="VERSION", help="only rows of this version")
    add_stretch(exclude)

    about = "Counts rows again that `account exclude` left out."
    include = add_command(group, "include", run_include, help="undo `exclude`", about=about)
    include.add_argument("account", metavar="ID")
    include.add_argument("number", type=int, metavar="NUMBER", help="the number that `account exclude` shows")

    remove = add_command(group, "remove", run_remove, "store", help="remove an account and its rows", about=REMOVE)
    remove.add_argument("account", metavar="ID")
    remove.add_argument("--confirm", required=True, metavar="ID", help="the account's id once more")


def run_rates(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        Accounts(database).get(args.account)
        rates = Rates(database)
        declared = rates.declared(args.account)
        if args.add or args.remove:
            after = {*declared, *args.add} - {*args.remove}
            declared = rates.declare(args.account, sorted(after), actor=COMMAND_LINE)
    print(f"{args.account}: declared rates {in_words(declared)}")


def run_regions(args: argparse.Namespace, config: Config) -> None:
    if args.epsilon is not None and not args.on:
        raise ConfigError("--epsilon goes with --on.")
    with open_database(config) as database:
        Accounts(database).get(args.account)
        settings = RegionSettings(database)
        if args.on or args.off:
            settings.set(args.account, args.on, args.epsilon, actor=COMMAND_LINE)
        print(f"{args.account}: regions {settings.of(args.account).in_words}")


def run_exclude(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        Accounts(database).get(args.account)
        exclusions = Exclusions(database)
        if args.widget or args.version or args.start or args.stop:
            added = exclusions.add(
                args.account,
                widget=args.widget,
                version=args.version,
                start=args.start,
                stop=args.stop,
                actor=COMMAND_LINE,
            )
            print(f"The figures of {args.account} leave out {_line(added)}")
        else:
            print("\n".join(map(_line, exclusions.of(args.account))) or "The figures leave out nothing.")


def run_include(args: argparse.Namespace, config: Config) -> None:
    with open_database(config) as database:
        Exclusions(database).undo(args.account, args.number, actor=COMMAND_LINE)
    print("These rows are counted again.")


def run_remove(args: argparse.Namespace, config: Config) -> None:
    if args.confirm != args.account:
        raise ConfigError("--confirm must repeat the account's id: nothing of the account can be brought back.")
    with open_database(config) as database:
        Accounts(database).remove(args.account, actor=COMMAND_LINE)
    erased = erase_rows(config, args.account)
    print(f"Removed {args.account} and erased {erased['rows']} rows.{left(erased)}")


def _line(exclusion: Exclusion) -> str:
    return f"{exclusion.id}: {exclusion.in_words}"
