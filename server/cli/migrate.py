"""`migrate`: makes a store's tables, or updates them, on the node that the address names."""

from __future__ import annotations

import argparse

from .. import COMMAND
from ..config import Config
from ..control.database import ControlDatabase
from ..errors import ConfigError
from .parsing import Commands, add_command

ABOUT = f"""\
Makes the tables of a store, or updates them, and ends. `serve` does so by itself, so run this
only for a cluster without a Keeper, which has no ON CLUSTER: once for each node. It is safe to
run again. With --control it does the same for the tables in PostgreSQL.

  for node in ch1 ch2 ch3 ch4; do
    {COMMAND} migrate --store "clickhouse://tresta:PASSWORD@$node/telemetry?cluster=tresta&replicated=no"
  done"""


def add_to(commands: Commands) -> None:
    add_command(commands, "migrate", run, "store", help="make a cluster's tables, node by node", about=ABOUT)


def run(args: argparse.Namespace, config: Config) -> None:
    from ..store.store import Store

    if not config.store and not config.control:
        raise ConfigError("Name the store with --store clickhouse://...; `serve` makes an embedded one by itself.")
    if config.control:
        ControlDatabase(config.control).close()
        print("The control database's tables are up to date.")
    if config.store:
        Store(config.store).close()
        print("The store's tables are up to date on this node.")
