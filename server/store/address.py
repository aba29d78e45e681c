"""The store's address: a directory on this machine, or a ClickHouse server or cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from ..errors import SettingError

SCHEME = "clickhouse"
FORM = "clickhouse://user:password@host:port/database?cluster=NAME"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")  # safe to insert into SQL
_FLAGS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Embedded:
    """chDB in this process. While it runs, no other process can open the directory."""

    directory: Path
    database: str = "telemetry"


@dataclass(frozen=True)
class Remote:
    """A ClickHouse behind its HTTP interface; `cluster` is empty for a single server.

    `replicated` means ReplicatedMergeTree tables, made ON CLUSTER with the help of a Keeper. Else the cluster has
    plain MergeTree tables, made node by node, and the Distributed table writes to each replica.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    cluster: str = ""
    replicated: bool = True
    secure: bool = False  # HTTPS


Address = Embedded | Remote


def parse_address(text: str) -> Address:
    """Parse a directory or `clickhouse://...?cluster=NAME&replicated=no&secure=yes`. Raises SettingError."""
    if "://" not in text:
        return Embedded(Path(text))
    try:
        parts = urlsplit(text)
        port = parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _wrong("it cannot be read") from None
    if parts.scheme != SCHEME or not parts.hostname:
        raise _wrong("it names no host" if parts.scheme == SCHEME else f"it does not begin with {SCHEME}://")
    if unknown := sorted(options.keys() - {"cluster", "replicated", "secure"}):
        raise _wrong(f"there is no option {unknown[0]}")
    secure = _flag(options, "secure", default=False)
    return Remote(
        host=parts.hostname,
        port=port or (8443 if secure else 8123),
        user=unquote(parts.username or "default"),
        password=unquote(parts.password or ""),
        database=_name(parts.path.strip("/") or "telemetry", "database"),
        cluster=_name(options["cluster"], "cluster") if "cluster" in options else "",
        replicated=_flag(options, "replicated", default=True),
        secure=secure,
    )


def _name(text: str, what: str) -> str:
    if not _NAME.fullmatch(text):
        raise _wrong(f"the {what}'s name must be letters, digits, - and _")
    return text


def _flag(options: dict[str, str], name: str, *, default: bool) -> bool:
    if name in options and options[name] not in _FLAGS:
        raise _wrong(f"{name} must be yes or no")
    return _FLAGS[options[name]] if name in options else default


def _wrong(reason: str) -> SettingError:
    # The message does not repeat the address, because it may contain a password.
    return SettingError(f"The store's address is wrong, {reason}: give a directory, or {FORM}.")
