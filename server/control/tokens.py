"""The tokens that open the API: made, shown once, checked against their hash, and revoked."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ..errors import SettingError
from .accounts import known
from .audit import oldest_kept, record
from .database import ControlDatabase, timestamp

SCOPES = ("operator", "owner", "viewer")
MAX_LABEL = 64  # characters
COLUMNS = "id, scope, account, label, created_at, revoked_at"


@dataclass(frozen=True)
class Token:
    """What is known of a token; its text is not.

    `operator`: everything. `owner`: reads and changes one account. `viewer`: reads one account.
    """

    id: str
    scope: str
    account: str | None  # None for an operator's
    label: str  # who holds it, in the words of who made it
    created_at: str  # ISO 8601, UTC
    revoked_at: str | None

    @property
    def actor(self) -> str:
        """How the audit trail names who holds it. The id is there because a label may be given twice."""
        return f"{self.label} ({self.id})"


class Tokens:
    """All tokens. `actor` is who makes a change, as the audit trail names them."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def make(self, scope: str, account: str | None, label: str, *, actor: str) -> tuple[Token, str]:
        """A new token and its text, `tresta_<id>_<secret>` in hexadecimal digits, which is nowhere to be had again.

        Raises SettingError and UnknownAccountError.
        """
        label = label.strip()
        if scope not in SCOPES:
            raise SettingError(f"scope must be one of {', '.join(SCOPES)}.")
        if (scope == "operator") != (account is None):
            raise SettingError("An owner's or viewer's token is for one account, an operator's for none.")
        if not label or len(label) > MAX_LABEL or not label.isprintable():
            raise SettingError(f"A token's label must be 1-{MAX_LABEL} printable characters that say who holds it.")
        token = Token(secrets.token_hex(6), scope, account, label, timestamp(), None)
        text = f"tresta_{token.id}_{secrets.token_hex(32)}"
        with self._database.change() as connection:
            if account is not None:
                known(connection, account)
            values = (token.id, scope, account, label, token.created_at, None, _hash(text))
            connection.execute(f"INSERT INTO tokens ({COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            record(connection, actor, account, "token.make", f"{scope}: {token.actor}")
        return token, text

    def check(self, text: str) -> Token | None:
        """The living token that this is the text of, or None; a wrong secret takes as long as a right one."""
        id_ = text.split("_")[1] if text.count("_") >= 2 else ""
        rows = self._database.read(f"SELECT {COLUMNS}, hash FROM tokens WHERE id = ? AND revoked_at IS NULL", id_)
        return _token(rows[0]) if rows and secrets.compare_digest(_hash(text), rows[0]["hash"]) else None

    def get(self, id: str) -> Token | None:  # noqa: A002
        """The token of this id, revoked or not, or None."""
        rows = self._database.read(f"SELECT {COLUMNS} FROM tokens WHERE id = ?", id)
        return _token(rows[0]) if rows else None

    def all(self, account: str | None = None) -> list[Token]:
        """The tokens of an account, or of everyone, the oldest first; the revoked ones too."""
        sql = f"SELECT {COLUMNS} FROM tokens WHERE ?1 IS NULL OR account = ?1 ORDER BY created_at, id"
        return [_token(row) for row in self._database.read(sql, account)]

    def revoke(self, id: str, *, actor: str) -> Token:  # noqa: A002
        """Ends the token at once, for good; raises SettingError where there is no living one of that id."""
        with self._database.change() as connection:
            sql = f"UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING {COLUMNS}"
            row = connection.execute(sql, (timestamp(), id)).fetchone()
            if row is None:
                raise SettingError("There is no token of that id that is not revoked yet.")
            token = _token(row)
            record(connection, actor, token.account, "token.revoke", f"{token.scope}: {token.actor}")
        return token

    def expire(self, now: datetime) -> int:
        """Forgets the tokens that were revoked more than 90 days ago (`now` in UTC), and says how many those were."""
        with self._database.change() as connection:
            deleted = connection.execute("DELETE FROM tokens WHERE revoked_at < ?", (oldest_kept(now),)).rowcount
        self._database.forget()
        return deleted


def _token(row: sqlite3.Row) -> Token:
    return Token(row["id"], row["scope"], row["account"], row["label"], row["created_at"], row["revoked_at"])


def _hash(text: str) -> bytes:
    # Plain SHA-256: the secret has 256 random bits, so there is nothing to guess that a slow hash would slow down.
    return hashlib.sha256(text.encode(errors="replace")).digest()
