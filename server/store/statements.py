"""The SQL of `sql/`: files whose `$names` differ between an embedded store and a cluster, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Template

from .address import Address, Remote

SQL = Path(__file__).parents[1] / "sql"


def names_for(address: Address) -> dict[str, str]:
    """What the files' `$names` stand for in this store.

    `events` is what is written and read: on a cluster it is the Distributed table over each node's `events_local`.
    """
    names = {
        "database": f"`{address.database}`",
        "events_table": "events",
        "on_cluster": "",
        "events_engine": "MergeTree",
        "migrations_engine": "ReplacingMergeTree",
        "parts": "system.parts",
        "cluster": "",
    }
    if isinstance(address, Remote) and address.cluster:
        cluster = f"`{address.cluster}`"
        names |= {"events_table": "events_local", "cluster": cluster}
        names["parts"] = f"clusterAllReplicas({cluster}, system.parts)"
        if address.replicated:
            path = f"/clickhouse/tables/{{shard}}/{address.database}/events_local"
            # What has been done is known to every node, whichever the server talks to.
            done = f"/clickhouse/tables/all/{address.database}/migrations"
            names["on_cluster"] = f"ON CLUSTER {cluster}"
            names["events_engine"] = f"ReplicatedMergeTree('{path}', '{{replica}}')"
            names["migrations_engine"] = f"ReplicatedReplacingMergeTree('{done}', '{{shard}}-{{replica}}')"
    return names


@lru_cache
def read(name: str) -> Template:
    """The file `sql/{name}.sql`."""
    return Template((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def statement(name: str, names: Mapping[str, str]) -> str:
    """The file's text with its `$names` filled in; a name that is missing is a bug and raises KeyError."""
    return read(name).substitute(names)
