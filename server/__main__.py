"""The command line: `tresta COMMAND`, or `python -m server COMMAND` in a checkout. cli/ has one module per command."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from widget.version import VERSION

from . import COMMAND, config, output
from .cli import account, alert, backup, erase, events, init, migrate, restore, retention, serve, token, widget
from .errors import (
    BackupError,
    BrokenPromiseError,
    ConfigError,
    ControlError,
    DirectoryInUseError,
    OutputError,
    SettingError,
    StoreError,
    UnknownWidgetError,
)
from .retention_period import RETENTION_DAYS

COMMANDS = (serve, init, account, widget, token, alert, events, retention, backup, restore, erase, migrate)
# The messages of these are one sentence: what is wrong and what to do.
USER_ERRORS = (BackupError, BrokenPromiseError, ConfigError, ControlError, OutputError, SettingError, StoreError)

ABOUT = f"""\
The server: it stores the widgets' telemetry for at most {RETENTION_DAYS} days, serves their content, the
embed script and a console. It stores and logs no address, browser, referrer or cookie."""
EXAMPLES = f"""\
the first time:
  {COMMAND} init          make ./data with an account and an example
  {COMMAND} serve         serve them on port 8787 until Ctrl-C

then, also while the server runs:
  {COMMAND} account set main --mode off       takes effect at the next page load
  {COMMAND} token make --scope owner --account main --label Maria
  {COMMAND} events --limit 20                 show the newest rows
  {COMMAND} backup /backups                   save accounts and events in one file
  {COMMAND} retention                         fail if a row is older than {RETENTION_DAYS} days
  {COMMAND} COMMAND --help                    show all options of a command

Settings such as --data and --port can also be environment variables, as TRESTA_DATA=..., or
entries of a TOML file, as data = "...". --config or TRESTA_CONFIG names the file. See `serve --help`.

The same rows over HTTP, with the operator's token:
  curl -H "Authorization: Bearer $(cat data/operator.token)" http://127.0.0.1:8787/api/v1/events?limit=10"""


def main(argv: list[str] | None = None) -> int:
    os.umask(0o077)  # nobody else may read the data, the tokens and the backups
    signals: list[int] = []

    def exit_at(signum: int, _: object) -> None:
        signals.append(signum)
        sys.exit(128 + signum)  # so that a command tidies up first

    signal.signal(signal.SIGTERM, exit_at)
    args = _parser().parse_args(argv)
    try:
        with output.guarded():
            for name in config.unknown_variables():
                print(config.no_such_variable(name), file=sys.stderr)
            settings = config.read(vars(args))
            args.run(args, settings)
    except ImportError:
        if not signals:
            raise
        return 128 + signals[0]  # a module in C makes an ImportError of an exit while it is imported
    except BrokenPipeError:  # the reader of the output has what it wants, as with `| head`
        return 1
    except DirectoryInUseError:
        return _fail(f"Another process uses the data in {settings.data}; stop it, or give another --data.")
    except UnknownWidgetError as error:
        return _fail(f"There is no widget {error} in the register; `{COMMAND} widget list` lists all widgets.")
    except USER_ERRORS as error:
        return _fail(str(error))
    except OSError as error:  # such as a directory without permission to write
        return _fail(f"{error.filename or settings.data} cannot be used: {error.strerror or error}.")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(COMMAND, description=ABOUT, epilog=EXAMPLES, formatter_class=raw)
    parser.add_argument("--version", action="version", version=f"tresta {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
