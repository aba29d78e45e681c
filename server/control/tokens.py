"""The tokens for the API. A token's text is shown once; the database has only its hash."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ..errors import SettingError
from .accounts import account_in
from .audit import record, retention_start
from .database import ControlDatabase, timestamp

SCOPES = ("operator", "owner", "viewer")
MAX_LABEL = 64  # characters
COLUMNS = "id, scope, account, label, created_at, revoked_at"


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

    @property
    def actor(self) -> str:
        """The holder's name in the audit trail. It includes the id because two tokens may have the same label."""
        return f"{self.label} ({self.id})"


class Tokens:
    """All tokens. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def make(self, scope: str, account: str | None, label: str, *, actor: str) -> tuple[Token, str]:
        """Make a token. Returns it with its text, `tresta_<id>_<secret>` in hexadecimal digits.

        The text is not stored. Raises SettingError and UnknownAccountError.
        """
        label = label.strip()
        if scope not in SCOPES:
            raise SettingError(f"scope must be one of {', '.join(SCOPES)}.")
        if (scope == "operator") != (account is None):
            raise SettingError("An owner's or viewer's token needs one account, an operator's token needs none.")
        if not label or len(label) > MAX_LABEL or not label.isprintable():
            raise SettingError(f"A token's label must be 1-{MAX_LABEL} printable characters that name its holder.")
        token = Token(secrets.token_hex(6), scope, account, label, timestamp(), None)
        text = f"tresta_{token.id}_{secrets.token_hex(32)}"
        with self._database.change() as connection:
            if account is not None:
                account_in(connection, account)
            values = (token.id, scope, account, label, token.created_at, None, _hash(text))
            connection.execute(f"INSERT INTO tokens ({COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            record(connection, actor, account, "token.make", f"{scope}: {token.actor}")
        return token, text

    def check(self, text: str) -> Token | None:
        """The valid token with this text, or None. The time does not depend on how much of the secret is right."""
        id_ = text.split("_")[1] if text.count("_") >= 2 else ""
        rows = self._database.read(f"SELECT {COLUMNS}, hash FROM tokens WHERE id = ? AND revoked_at IS NULL", id_)
        return _token(rows[0]) if rows and secrets.compare_digest(_hash(text), rows[0]["hash"]) else None

    def get(self, id: str) -> Token | None:  # noqa: A002
        """The token of this id, revoked or not, or None."""
        rows = self._database.read(f"SELECT {COLUMNS} FROM tokens WHERE id = ?", id)
        return _token(rows[0]) if rows else None

    def all(self, account: str | None = None) -> list[Token]:
        """The tokens of one account or of all, revoked ones included, the oldest first."""
        sql = f"SELECT {COLUMNS} FROM tokens WHERE ?1 IS NULL OR account = ?1 ORDER BY created_at, id"
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
        """Delete tokens that were revoked longer than RETENTION before `now` (UTC). Returns their number."""
        with self._database.change() as connection:
            deleted = connection.execute("DELETE FROM tokens WHERE revoked_at < ?", (retention_start(now),)).rowcount
        self._database.truncate_log()
        return deleted


def _token(row: sqlite3.Row) -> Token:
    return Token(row["id"], row["scope"], row["account"], row["label"], row["created_at"], row["revoked_at"])


def _hash(text: str) -> bytes:
    # Plain SHA-256 is enough: the secret has 256 random bits, so nobody can guess it, even without a slow hash.
    return hashlib.sha256(text.encode(errors="replace")).digest()
