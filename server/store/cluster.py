"""Whether a cluster is configured for the tables that are to be made on it: else rows would be doubled, or missing."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import StoreError
from .address import Address, Remote


def check_cluster(run: Callable[[str], object], address: Address) -> None:
    """Raises StoreError when the server's configuration and the address do not agree.

    `run` sends one statement to the engine and gives its one value.
    """
    if not isinstance(address, Remote) or not address.cluster:
        return
    where = f"FROM system.clusters WHERE cluster = '{address.cluster}'"
    if int(str(run(f"SELECT count() {where}"))) == 0:
        raise StoreError(f"The ClickHouse has no cluster {address.cluster}: name one of its remote_servers.")
    # Who copies rows to a shard's replicas: their tables themselves (true), or the Distributed table (false).
    wrong = "false" if address.replicated else "true"
    if int(str(run(f"SELECT count() {where} AND internal_replication = {wrong} AND replica_num > 1"))):
        right, kind = ("true", "replicated") if address.replicated else ("false", "plain")
        raise StoreError(f"The cluster {address.cluster} needs internal_replication = {right} for {kind} tables.")
