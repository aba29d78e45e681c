"""The tokens for the API. A token's text is shown once; the database has only its hash."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ..errors import ControlError, SettingError
from .accounts import account_in
from .audit import record, retention_start
from .connection import Row
from .database import ControlDatabase, timestamp

SCOPES = ("operator", "owner", "viewer")
MAX_LABEL = 64  # characters
MAX_DAYS = 90  # until a token that ends by itself ends
USE_NOTED_EVERY = timedelta(hours=1)
COLUMNS = "id, scope, account, label, created_at, revoked_at, expires_at, last_used_at"


@dataclass(frozen=True)
class Token:
    """A token without its text.

    An `operator` reads and changes everything, an `owner` reads and changes one account, a `viewer` reads one account.
    """

    id: str
    scope: str
    account: str | None  # None for an operator's
    label: str  # the holder, as its maker wrote it
    created_at: str  # ISO 8601, UTC
    revoked_at: str | None
    expires_at: str | None = None  # None for a token that does not end by itself
    last_used_at: str | None = field(default=None, compare=False)  # to the hour; None for a token never used

    @property
    def actor(self) -> str:
        """The holder's name in the audit trail. It includes the id because two tokens may have the same label."""
        return f"{self.label} ({self.id})"


class Tokens:
    """All tokens. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def make(
        self, scope: str, account: str | None, label: str, *, actor: str, days: int | None = None
    ) -> tuple[Token, str]:
        """Make a token. Returns it with its text, `tresta_<id>_<secret>` in hexadecimal digits.

        The text is not stored. The token ends after `days`, 1 to MAX_DAYS, or only when it is revoked. Raises
        SettingError and UnknownAccountError.
        """
        label = label.strip()
        if scope not in SCOPES:
            raise SettingError(f"scope must be one of {', '.join(SCOPES)}.")
        if (scope == "operator") != (account is None):
            raise SettingError("An owner's or viewer's token needs one account, an operator's token needs none.")
        if not label or len(label) > MAX_LABEL or not label.isprintable():
            raise SettingError(f"A token's label must be 1-{MAX_LABEL} printable characters that name its holder.")
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise SettingError(f"A token can end after 1 to {MAX_DAYS} days.")
        expires_at = timestamp(datetime.now(UTC) + timedelta(days=days)) if days else None
        token = Token(secrets.token_hex(6), scope, account, label, timestamp(), None, expires_at)
        text = f"tresta_{token.id}_{secrets.token_hex(32)}"
        with self._database.change() as connection:
            if account is not None:
                account_in(connection, account)
            values = (token.id, scope, account, label, token.created_at, None, expires_at, None, _hash(text))
            connection.execute(f"INSERT INTO tokens ({COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            end = f", until {expires_at[:16]}Z" if expires_at else ""
            record(connection, actor, account, "token.make", f"{scope}: {token.actor}{end}")
        return token, text

    def check(self, text: str) -> Token | None:
        """The valid token with this text, or None. The time does not depend on how much of the secret is right."""
        id_ = text.split("_")[1] if text.count("_") >= 2 else ""
        if not (id_.isascii() and id_.isalnum()):
            return None
        sql = f"SELECT {COLUMNS}, hash FROM tokens WHERE id = ? AND revoked_at IS NULL"
        rows = self._database.read(f"{sql} AND (expires_at IS NULL OR expires_at > ?)", id_, timestamp())
        if not rows or not secrets.compare_digest(_hash(text), rows[0]["hash"]):
            return None
        token = _token(rows[0])
        self._note_use(token, datetime.now(UTC))
        return token

    def _note_use(self, token: Token, now: datetime) -> None:
        """Write down the hour of the use, once in an hour."""
        if token.last_used_at is None or token.last_used_at < timestamp(now - USE_NOTED_EVERY):
            hour = timestamp(now.replace(minute=0, second=0, microsecond=0))
            # Without a disk to write on, the console shall work all the same.
            with contextlib.suppress(ControlError), self._database.change() as connection:
                connection.execute("UPDATE tokens SET last_used_at = ? WHERE id = ?", (hour, token.id))

    def get(self, id: str) -> Token | None:  # noqa: A002
        """The token of this id, revoked or not, or None."""
        rows = self._database.read(f"SELECT {COLUMNS} FROM tokens WHERE id = ?", id)
        return _token(rows[0]) if rows else None

    def all(self, account: str | None = None) -> list[Token]:
        """The tokens of one account or of all, revoked ones included, the oldest first."""
        sql = f"SELECT {COLUMNS} FROM tokens WHERE CAST(?1 AS TEXT) IS NULL OR account = ?1 ORDER BY created_at, id"
        return [_token(row) for row in self._database.read(sql, account)]

    def revoke(self, id: str, *, actor: str) -> Token:  # noqa: A002
        """Revoke the token at once and for good. Raises SettingError if there is no valid token of this id."""
        with self._database.change() as connection:
            sql = f"UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING {COLUMNS}"
            row = connection.execute(sql, (timestamp(), id)).fetchone()
            if row is None:
                raise SettingError("There is no token of this id, or it is revoked already.")
            token = _token(row)
            record(connection, actor, token.account, "token.revoke", f"{token.scope}: {token.actor}")
        return token

    def expire(self, now: datetime) -> int:
        """Delete tokens that ended longer than RETENTION before `now` (UTC). Returns their number."""
        with self._database.change() as connection:
            sql = "DELETE FROM tokens WHERE revoked_at < ?1 OR expires_at < ?1"
            deleted = connection.execute(sql, (retention_start(now),)).rowcount
        self._database.truncate_log()
        return deleted


def _token(row: Row) -> Token:
    return Token(*(row[name] for name in COLUMNS.split(", ")))


def _hash(text: str) -> bytes:
    # Plain SHA-256 is enough: the secret has 256 random bits, so nobody can guess it, even without a slow hash.
    return hashlib.sha256(text.encode(errors="replace")).digest()
