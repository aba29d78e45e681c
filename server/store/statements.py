"""The SQL files of `sql/`. Their `$names` cover the differences between an embedded store and a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Template

from ..retention_period import RETENTION_DAYS
from .address import Address, Remote

SQL = Path(__file__).parents[1] / "sql"

# Parts of several statements, each a file of its own: the condition of the rows that a question is about; the bin of a
# row's load time; the sums from which figures are estimated, by bin; and the same of all bins.
SHARED = ("selection", "bin", "sums", "all_bins")


def names_for(address: Address) -> dict[str, str]:
    """The values of the files' `$names` for this store.

    The server writes to and reads from `events`. On a cluster that is the Distributed table over the nodes'
    `events_local`.
    """
    names = {
        "database": f"`{address.database}`",
        "events_table": "events",
        "answers_table": "content_answers",
        "on_cluster": "",
        "events_engine": "MergeTree",
        "answers_engine": "SummingMergeTree",
        "migrations_engine": "ReplacingMergeTree",
        "all_events": "events",
        "parts": "system.parts",
        "detached_parts": "system.detached_parts",
        "cluster": "",
    }
    if isinstance(address, Remote) and address.cluster:
        cluster = f"`{address.cluster}`"
        names |= {"events_table": "events_local", "answers_table": "content_answers_local", "cluster": cluster}
        names["all_events"] = f"clusterAllReplicas({cluster}, currentDatabase(), events_local)"
        for name in ("parts", "detached_parts"):
            names[name] = f"clusterAllReplicas({cluster}, system.{name})"
        if address.replicated:
            path = f"/clickhouse/tables/{{shard}}/{address.database}"
            # All nodes share one table of migrations, so each of them knows which steps have run.
            migrations_path = f"/clickhouse/tables/all/{address.database}/migrations"
            names["on_cluster"] = f"ON CLUSTER {cluster}"
            names["events_engine"] = f"ReplicatedMergeTree('{path}/events_local', '{{replica}}')"
            names["answers_engine"] = f"ReplicatedSummingMergeTree('{path}/content_answers_local', '{{replica}}')"
            names["migrations_engine"] = f"ReplicatedReplacingMergeTree('{migrations_path}', '{{shard}}-{{replica}}')"
    return names


@lru_cache
def read(name: str) -> Template:
    """The file `sql/{name}.sql`."""
    return Template((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def statement(name: str, names: Mapping[str, str]) -> str:
    """The text of `sql/{name}.sql` with its `$names` filled in, `$retention_days` and the SHARED texts always.

    Raises KeyError if a name is missing, which is a bug.
    """
    text = read(name).template
    for shared in SHARED:
        text = text.replace(f"${shared}", read(shared).template.strip())
    return Template(text).substitute(names, retention_days=str(RETENTION_DAYS))
