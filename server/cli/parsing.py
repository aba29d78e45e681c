"""What the commands' parsers share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, TypeAlias

from ..config import SETTINGS, Config

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # generic to mypy alone
Run = Callable[[argparse.Namespace, Config], None]


def add_command(
    commands: Commands,
    name: str,
    run: Run,
    *settings: str,
    help: str,  # noqa: A002
    about: str,
) -> argparse.ArgumentParser:
    """A command that takes these settings as options, and always --data and --config."""
    parser = commands.add_parser(
        name, help=help, description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(run=run)
    for setting in (*settings, "data"):
        _, metavar, said = SETTINGS[setting]
        parser.add_argument(f"--{setting.replace('_', '-')}", metavar=metavar, help=said)
    parser.add_argument("--config", metavar="FILE", help="a TOML file with settings, such as port = 8787")
    return parser


def add_group(commands: Commands, name: str, *, help: str, about: str) -> Commands:  # noqa: A002
    """A command with commands of its own."""
    raw = argparse.RawDescriptionHelpFormatter
    return commands.add_parser(name, help=help, description=about, formatter_class=raw).add_subparsers(
        required=True, metavar="COMMAND"
    )


def checked(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    """A converter of config.py as an argparse type."""

    def typed(text: str) -> Any:
        try:
            return convert(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}.") from None

    return typed
