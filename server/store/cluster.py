"""Checks that a cluster's configuration fits its tables. If it did not, rows would be doubled or missing."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import StoreError
from .address import Address, Remote


def check_cluster(run: Callable[[str], object], address: Address) -> None:
    """Raise StoreError if the ClickHouse configuration and the address do not agree.

    `run` sends one query to the engine and returns its single value.
    """
    if not isinstance(address, Remote) or not address.cluster:
        return
    where = f"FROM system.clusters WHERE cluster = '{address.cluster}'"
    if int(str(run(f"SELECT count() {where}"))) == 0:
        raise StoreError(f"The ClickHouse has no cluster {address.cluster}: name one of its remote_servers.")
    # internal_replication: true if the tables copy rows to a shard's replicas, false if the Distributed table does.
    wrong = "false" if address.replicated else "true"
    if int(str(run(f"SELECT count() {where} AND internal_replication = {wrong} AND replica_num > 1"))):
        right, kind = ("true", "replicated") if address.replicated else ("false", "plain")
        raise StoreError(f"The cluster {address.cluster} needs internal_replication = {right} for {kind} tables.")
