"""The command line: `python -m server COMMAND`, a module of cli/ for each."""

from __future__ import annotations

import argparse
import sys

from . import config
from .cli import account, backup, events, init, migrate, restore, retention, serve, token, widget
from .errors import (
    BackupError,
    BrokenPromiseError,
    ConfigError,
    ControlError,
    DirectoryInUseError,
    SettingError,
    StoreError,
    UnknownWidgetError,
)

COMMANDS = (serve, init, account, widget, token, events, retention, backup, restore, migrate)
SAID = (BackupError, BrokenPromiseError, ConfigError, ControlError, SettingError, StoreError)  # each in one sentence

ABOUT = """\
The collector: it takes the widgets' telemetry, keeps it for at most 90 days, and serves
the widgets' content. No address, browser, referrer or cookie is stored or logged."""
EXAMPLES = """\
the first time:
  python -m server init --account acme --name "Acme Ltd" --widgets widgets
  python -m server serve --widgets widgets           on port 8787, with everything kept in ./data

then, also while the server runs:
  python -m server account set acme --mode off       from the next page load on
  python -m server token make --scope owner --account acme --label Maria
  python -m server events --limit 20                 the newest rows, as a table
  python -m server backup /backups                   accounts and events in one file
  python -m server retention                         fails if anything is older than 90 days
  python -m server COMMAND --help                    all that a command can do

Settings such as --data and --port may also be given as TRESTA_DATA=... in the environment, or as
data = "..." in a TOML file that --config or TRESTA_CONFIG names: see `serve --help`.

The same rows over HTTP, for whoever can read the operator's token:
  curl -H "Authorization: Bearer $(cat data/operator.token)" http://127.0.0.1:8787/api/v1/events?limit=10"""


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        settings = config.read(vars(args))
        args.run(args, settings)
    except DirectoryInUseError:
        return _fail(f"Another process uses the data in {settings.data}; stop it, or give another --data.")
    except UnknownWidgetError as error:
        return _fail(f"There is no widget {error} in the register.")
    except SAID as error:
        return _fail(str(error))
    except OSError as error:  # such as a directory that may not be written
        return _fail(f"{error.filename or settings.data} cannot be used: {error.strerror}.")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m server", description=ABOUT, epilog=EXAMPLES, formatter_class=raw)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
