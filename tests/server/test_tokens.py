"""Tokens: their text is shown once and stored as a hash; a revoked token stays revoked."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import MIGRATIONS, ControlDatabase, timestamp
from server.control.tokens import Tokens
from server.errors import SettingError, UnknownAccountError

ME = "command line"


@pytest.fixture
def database(place):
    database = ControlDatabase(place)
    Accounts(database).add("acme", "Acme Ltd", actor=ME)
    yield database
    database.close()


@pytest.fixture
def tokens(database):
    return Tokens(database)


def test_only_the_exact_text_is_valid(tokens) -> None:
    token, text = tokens.make("owner", "acme", "Maria", actor=ME)
    other, other_text = tokens.make("viewer", "acme", "Tom", actor=ME)
    assert text.startswith(f"tresta_{token.id}_")
    assert (token.scope, token.account, token.label, token.revoked_at) == ("owner", "acme", "Maria", None)
    assert tokens.check(text) == token
    assert tokens.check(other_text) == other
    secret = text.split("_", 2)[2]
    assert len(secret) >= 43  # 256 bits
    for wrong in (
        "\ud800_a_b", "é_é_é",
        "", "_", "tresta", "tresta__", token.id, secret, text[:-1], f"{text}x", f" {text}", text.upper(), f"{text}\0",
        text.replace(token.id, other.id), text.replace("tresta", "Tresta"), f"tresta_{token.id}_",
    ):  # fmt: skip
        assert tokens.check(wrong) is None, wrong


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_the_file_contains_the_hash_and_not_the_text(tokens, database) -> None:
    token, text = tokens.make("operator", None, "Night shift", actor=ME)
    secret = text.split("_", 2)[2].encode()
    files = list(database.place.parent.iterdir())
    content = b"".join(path.read_bytes() for path in files)
    assert token.id.encode() in content
    assert hashlib.sha256(text.encode()).digest() in content
    assert secret not in content
    assert not any(secret.decode() in entry.detail for entry in Audit(database).entries())


def test_a_revoked_token_is_invalid_at_once_and_for_good(tokens, database) -> None:
    token, text = tokens.make("viewer", "acme", "Tom", actor=ME)
    elsewhere = ControlDatabase(database.place)  # as in another process
    assert Tokens(elsewhere).check(text) == token
    revoked = tokens.revoke(token.id, actor=ME)
    assert revoked.revoked_at
    assert tokens.check(text) is None
    assert Tokens(elsewhere).check(text) is None
    elsewhere.close()
    assert tokens.all() == [revoked]
    assert tokens.get(token.id) == revoked
    for id_ in (token.id, "nobodys"):
        with pytest.raises(SettingError, match="no token"):
            tokens.revoke(id_, actor=ME)


@pytest.mark.parametrize(
    ("scope", "account", "label", "word"),
    [("admin", None, "Me", "scope"), ("operator", "acme", "Me", "needs none"), ("owner", None, "Me", "one account"),
     ("viewer", "acme", " ", "label"), ("viewer", "acme", "a\nb", "label"), ("viewer", "acme", "x" * 65, "label")],
)  # fmt: skip
def test_wrong_tokens_are_refused_in_a_sentence(tokens, scope, account, label, word) -> None:
    with pytest.raises(SettingError, match=word):
        tokens.make(scope, account, label, actor=ME)
    assert tokens.all() == []


def test_tokens_are_listed_by_account(tokens, database) -> None:
    Accounts(database).add("other", "Other", actor=ME)
    with pytest.raises(UnknownAccountError):
        tokens.make("owner", "nobody", "Me", actor=ME)
    operator, owner, other = (
        tokens.make(*arguments, actor=ME)[0]
        for arguments in (("operator", None, "Op"), ("owner", "acme", "Maria"), ("owner", "other", "Maria"))
    )
    assert {token.id for token in tokens.all()} == {operator.id, owner.id, other.id}
    assert tokens.all("acme") == [owner]
    assert owner.actor != other.actor  # the audit trail can tell two tokens with one label apart


def test_a_token_ends_by_itself_when_its_days_are_over(tokens, database) -> None:
    token, text = tokens.make("viewer", "acme", "The board", actor=ME, days=7)
    assert token.expires_at
    assert datetime.fromisoformat(token.expires_at) - datetime.now(UTC) > timedelta(days=6, hours=23)
    assert tokens.check(text) == token
    assert token.expires_at[:16] in Audit(database).entries()[0].detail
    with database.change() as connection:
        past = timestamp(datetime.now(UTC) - timedelta(seconds=1))
        connection.execute("UPDATE tokens SET expires_at = ? WHERE id = ?", (past, token.id))
    assert tokens.check(text) is None
    assert tokens.expire(datetime.now(UTC)) == 0
    assert tokens.expire(datetime.now(UTC) + timedelta(days=91)) == 1
    for days in (0, 91):
        with pytest.raises(SettingError, match="1 to 90 days"):
            tokens.make("viewer", "acme", "The board", actor=ME, days=days)


def test_the_hour_of_the_last_use_is_written_down(tokens, database) -> None:
    token, text = tokens.make("viewer", "acme", "Tom", actor=ME)
    assert token.last_used_at is None
    before = database.changes
    for _ in range(3):
        tokens.check(text)
    (listed,) = tokens.all("acme")
    assert listed.last_used_at is not None
    assert listed.last_used_at.endswith(":00:00.000Z")  # an hour says enough
    assert database.changes == before + 1


def test_a_file_of_the_version_before_keeps_its_tokens(tmp_path, monkeypatch) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for path in MIGRATIONS.glob("00[1-4]_*.sql"):
        (older / path.name).write_text(path.read_text())
    with monkeypatch.context() as patch:
        patch.setattr("server.control.database.MIGRATIONS", older)
        database = ControlDatabase(tmp_path / "control.sqlite")
        Accounts(database).add("acme", "Acme Ltd", actor=ME)
        text = "tresta_0123456789ab_secret"
        with database.change() as connection:
            values = (
                "0123456789ab",
                hashlib.sha256(text.encode()).digest(),
                "viewer",
                "acme",
                "Tom",
                timestamp(),
                None,
            )
            columns = "id, hash, scope, account, label, created_at, revoked_at"
            connection.execute(f"INSERT INTO tokens ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        database.close()
    database = ControlDatabase(tmp_path / "control.sqlite")
    token = Tokens(database).check(text)
    assert token is not None
    assert (token.label, token.expires_at) == ("Tom", None)
    database.close()
