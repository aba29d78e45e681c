"""`serve`: the server, until it is told to end."""

from __future__ import annotations

import argparse
import errno

from .. import COMMAND
from ..config import Config
from ..errors import ConfigError
from .parsing import Commands, add_command

SETTINGS = ("widgets", "port", "host", "shop_origin", "store", "durability", "cdn_url", "public_url", "dist")
ABOUT = f"""\
Runs the server until Ctrl-C or SIGTERM, then stores what waits and ends.

  POST /telemetry                a batch of figures from a page; answered once it is stored
  GET  /api/widgets/{{id}}/public  a registered widget's content, from {{id}}.json in --widgets
       /api/v1/...               the API, for who has a token; /api/v1/openapi.json describes it
  GET  /health                   figures about the server itself

  {COMMAND} serve --widgets widgets           on port 8787, with everything kept in ./data
  {COMMAND} serve --widgets widgets --port 0  on a free port, which is printed
  TRESTA_PORT=80 {COMMAND} serve --config tresta.toml

Each option may also stand in the environment, --shop-origin as TRESTA_SHOP_ORIGIN, or in a TOML
file, as shop_origin = "..."; an option wins over the environment, and that over the file.
Accounts and widgets are made by the other commands, also while it runs: see `init --help`."""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "serve", run, *SETTINGS, help="run the server", about=ABOUT)
    said = "give the account `demo` 30 made-up days, where it has none yet"
    parser.add_argument("--demo", action="store_true", help=said)


def run(args: argparse.Namespace, config: Config) -> None:
    from ..process import serve  # the other commands need neither the engine nor the web server

    try:
        serve(config, with_demo=args.demo)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            advice = "choose another with --port, or 0 for a free one"
            raise ConfigError(f"Port {config.port} is taken; {advice}.") from error
        raise ConfigError(f"The server cannot start: {error}.") from error
