"""Helpers for the commands' argument parsers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, TypeAlias

from ..config import SETTINGS, Config

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # generic for mypy only
Run = Callable[[argparse.Namespace, Config], None]


def add_command(
    commands: Commands,
    name: str,
    run: Run,
    *settings: str,
    help: str,  # noqa: A002
    about: str,
) -> argparse.ArgumentParser:
    """Add a command that has these settings as options, and always --data, --control and --config."""
    parser = commands.add_parser(
        name, help=help, description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(run=run)
    for setting in (*settings, "data", "control"):
        _, metavar, setting_help = SETTINGS[setting]
        parser.add_argument(f"--{setting.replace('_', '-')}", metavar=metavar, help=setting_help)
    parser.add_argument("--config", metavar="FILE", help="a TOML file with settings, such as port = 8787")
    return parser


def add_group(commands: Commands, name: str, *, help: str, about: str) -> Commands:  # noqa: A002
    """Add a command that has subcommands. Returns the place to add those to."""
    raw = argparse.RawDescriptionHelpFormatter
    return commands.add_parser(name, help=help, description=about, formatter_class=raw).add_subparsers(
        required=True, metavar="COMMAND"
    )


def option_type(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make an argparse type of a converter of config.py."""

    def convert_option(text: str) -> Any:
        try:
            return convert(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}.") from None

    return convert_option
