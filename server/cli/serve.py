"""`serve`: runs the server until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import errno

from .. import COMMAND
from ..config import Config
from ..errors import ConfigError, ListenError
from .parsing import Commands, add_command

SETTINGS = (
    "widgets", "port", "host", "keep_alive", "shop_origin", "store", "durability", "cdn_url", "public_url", "dist",
    "log_format", "metrics_address", "smtp", "smtp_from", "webhook_targets",
)  # fmt: skip
ABOUT = f"""\
Runs the server until Ctrl-C or SIGTERM. Before it ends, it stores the rows that wait.

  POST /telemetry                takes a page's batch; answered once its rows are stored
  GET  /api/widgets/{{id}}/public  a registered widget's content, from {{id}}.json in --widgets
       /api/v1/...               the API, for people with a token; see /api/v1/openapi.json
  GET  /health                   whether rows can be stored
  GET  /metrics                  figures for a monitor, with the operator's token

  {COMMAND} serve --widgets widgets           on port 8787, with everything kept in ./data
  {COMMAND} serve --widgets widgets --port 0  on a free port, which is printed
  TRESTA_PORT=80 {COMMAND} serve --config tresta.toml

Each option can also be an environment variable, --shop-origin as TRESTA_SHOP_ORIGIN, or an entry
of the TOML file, as shop_origin = "...". An option overrides the environment, and that overrides
the file. Other commands make accounts and widgets, also while the server runs: see `init --help`."""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "serve", run, *SETTINGS, help="run the server", about=ABOUT)
    demo_help = "give the account `demo` 30 days of made-up rows, if it has no rows yet"
    parser.add_argument("--demo", action="store_true", help=demo_help)


def run(args: argparse.Namespace, config: Config) -> None:
    from ..process import serve  # here, because the other commands need neither the engine nor the web server

    try:
        serve(config, with_demo=args.demo)
    except ListenError as error:
        if error.errno == errno.EADDRINUSE:
            advice = f"choose another with --{error.setting.replace('_', '-')}, or 0 for a free one"
            raise ConfigError(f"Port {error.port} is taken; {advice}.") from error
        place = f"port {error.port} of {config.host}"
        raise ConfigError(f"The server cannot listen on {place}: {error.strerror}.") from error
