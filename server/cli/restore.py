"""`restore`: fills a data directory from a backup, all of it or nothing."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .. import COMMAND
from ..config import Config
from ..control.accounts import Accounts
from ..control.audit import COMMAND_LINE
from ..control.connection import Place
from ..control.copying import copy
from ..control.database import ControlDatabase
from ..control.operator_token import operator_token
from ..control.restored import keep_stricter, removed_since, revoke_all_tokens
from ..control.tokens import Tokens
from ..data_directory import DataDirectory
from ..errors import ConfigError, ControlError
from ..retention_period import RETENTION_DAYS
from .parsing import Commands, add_command

if TYPE_CHECKING:
    from ..store.archive import Archive
    from ..store.store import Store

ABOUT = f"""\
Fills a data directory from a backup. It restores everything or nothing, even if it is killed,
except for rows older than {RETENTION_DAYS} days, which it leaves out. All tokens of the backup are revoked,
and a new operator's token is made.

--replace replaces the accounts and the rows that are there. What is stricter there than in the
backup is kept: settings, declared rates, origins, what the figures leave out, and that an account
or a widget was removed.

  {COMMAND} restore tresta.tar --data restored
  {COMMAND} restore tresta.tar --replace             put the backup in the place of what is in ./data
  {COMMAND} restore tresta.tar --store clickhouse://...   its events into an empty cluster

With --control its accounts go into PostgreSQL. Stop all server processes before."""
# What a directory may have that is no state of a server.
HARMLESS = {"lock", "restoring", "widgets", "lost+found"}
SOURCE = "source.json"  # in the draft of a restore whose rows go elsewhere: which backup, and when it began


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "restore", run, "store", help="restore a backup", about=ABOUT)
    parser.add_argument("source", type=Path, metavar="FILE", help="a file that `backup` made")
    parser.add_argument("--replace", action="store_true", help="replace what the data directory has")


def run(args: argparse.Namespace, config: Config) -> None:
    from ..store.archive import Archive  # here, because it loads the engine

    if config.control and not config.store:
        raise ConfigError("A restore with --control needs --store too: both are shared, or neither.")
    data, existed = DataDirectory(config.data), config.data.exists()
    archive = Archive(args.source)
    if config.control:
        _require_no_accounts(config.control, replace=args.replace or bool(_began(data.draft_path / SOURCE, archive)))
    else:
        _require_room(data, replace=args.replace)
    try:
        with data.lock(restoring=True):
            print(*_restore(archive, data, config, replace=args.replace), sep="\n")
    except BaseException:
        if not existed:
            _remove_if_empty(data.path)
        raise


def _restore(archive: Archive, data: DataDirectory, config: Config, *, replace: bool) -> list[str]:
    """Restore while the directory is locked. Returns the lines to print."""
    from ..store.restore import require_empty, restore
    from ..store.store import Store

    now, elsewhere = datetime.now(UTC), config.store
    with _draft(data, keep=bool(elsewhere)) as draft:
        draft.control.unlink(missing_ok=True)
        with contextlib.closing(Store(elsewhere or draft.store)) as store:
            began = _began(draft.path / SOURCE, archive)
            if not began:
                require_empty(store)
            if elsewhere and not began:
                _write_source(draft.path / SOURCE, archive, now)
            rows = restore(archive, store, draft.control, began or now)
            with contextlib.closing(ControlDatabase(draft.control)) as restored:
                place, made_at = config.control_place, archive.manifest.made_at
                notes = _keep_stricter(restored, store, place, made_at) if replace else []
        with contextlib.closing(ControlDatabase(draft.control)) as restored:
            revoked = revoke_all_tokens(restored)
            operator_token(draft.token, Tokens(restored))
            if config.control:
                with contextlib.closing(ControlDatabase(config.control)) as shared:
                    copy(restored, shared)
        if config.control:
            draft.drop_control()
        (draft.path / SOURCE).unlink(missing_ok=True)
        data.take_draft()
    holder = "PostgreSQL" if config.control else data.path
    at = f"{archive.manifest.made_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    first = f"{holder} holds {rows} rows and the accounts, as of {at}."
    if archive.rows > rows:
        first += f" {archive.rows - rows} rows older than {RETENTION_DAYS} days were left out."
    tokens = f"All {revoked} tokens of the backup are revoked; {data.token} has a new operator's token."
    if not replace:
        notes = ["The settings are those of the backup: switch off again what was switched off since then."]
    return [first, tokens, *notes]


@contextlib.contextmanager
def _draft(data: DataDirectory, *, keep: bool) -> Iterator[DataDirectory]:
    """A new draft of the data directory, deleted if the block fails. `keep`: continue and leave the one that is there.

    Rows that went elsewhere cannot be taken back. The draft then shows `serve` that they are not all there.
    """
    if not keep:
        data.drop_draft()
    draft = data.draft()
    try:
        yield draft
    except BaseException:
        if not (draft.path / SOURCE).exists():
            data.drop_draft()
        raise


def _began(path: Path, archive: Archive) -> datetime | None:
    """When a restore of this backup into a store elsewhere began that was interrupted. None if there is none."""
    if not path.exists():
        return None
    source = json.loads(path.read_text(encoding="utf-8"))
    if source["backup"] != archive.digest:
        raise ConfigError(f"The restore of {source['file']} was interrupted here; complete that one first.")
    return datetime.fromisoformat(source["began"])


def _write_source(path: Path, archive: Archive, now: datetime) -> None:
    source = {"backup": archive.digest, "began": now.isoformat(), "file": str(archive.path)}
    path.with_suffix(".new").write_text(json.dumps(source), encoding="utf-8")
    path.with_suffix(".new").replace(path)


def _keep_stricter(restored: ControlDatabase, store: Store, place: Place, made_at: datetime) -> list[str]:
    try:
        with contextlib.closing(ControlDatabase(place)) as present:
            removed = removed_since(restored, present, made_at)
            for account in removed:
                _remove(account, restored, store)
            kept = keep_stricter(restored, present, made_at)
            return [f"Account {account} stays removed, and so do its rows." for account in removed] + kept
    except ControlError as error:
        return [f"The settings are those of the backup, because the present ones cannot be compared. {error}"]


def _require_no_accounts(control: str, *, replace: bool) -> None:
    with contextlib.closing(ControlDatabase(control)) as present:
        if Accounts(present).all() and not replace:
            raise ConfigError(f"{present.engine.name} has accounts already; add --replace to replace them.")


def _remove(account: str, restored: ControlDatabase, store: Store) -> None:
    from .. import erasing  # here, because it loads the engine
    from ..store.erasure import Erasure

    Accounts(restored).remove(account, actor=COMMAND_LINE)
    erasing.erase(restored, store, Erasure(account), actor=COMMAND_LINE)


def _require_room(data: DataDirectory, *, replace: bool) -> None:
    if replace:
        if not (data.control.exists() or data.store.exists()):
            raise ConfigError(f"{data.path} has nothing to replace; leave out --replace, or name another --data.")
        return
    if data.path.exists() and (not data.path.is_dir() or {path.name for path in data.path.iterdir()} - HARMLESS):
        raise ConfigError(
            f"{data.path} is not an empty directory; name a new or empty one with --data, or add --replace."
        )


def _remove_if_empty(directory: Path) -> None:
    with contextlib.suppress(OSError):
        if {path.name for path in directory.iterdir()} <= {"lock"}:
            (directory / "lock").unlink(missing_ok=True)
            directory.rmdir()
