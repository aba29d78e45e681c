"""What an account's figures leave out: in the dashboard, audited, and undone."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.control.exclusions import MAX_EXCLUSIONS, Exclusion, Exclusions
from server.errors import SettingError, UnknownAccountError
from server.figures.exclusions import condition
from server.figures.question import Question
from server.figures.summary import summary
from server.store.row import Row
from server.store.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def database(place):
    with closing(ControlDatabase(place)) as database:
        Accounts(database).add("acme", "Acme Ltd", actor="me")
        yield database


def test_the_dashboard_leaves_rows_out_until_that_is_undone(database, tmp_path) -> None:
    exclusions = Exclusions(database)
    with closing(Store(tmp_path / "store")) as store:
        for hours, widget, version, count in ((3, "w1", "0.1.0", 30), (3, "w2", "0.1.0", 40), (1, "w1", "0.2.0", 50)):
            rows = [Row("acme", widget, version, 1.0, "load", layout="grid", load_ms=5)] * count
            store.insert(rows, NOW - hours * HOUR)

        def loads() -> float | None:
            left_out = tuple(exclusions.of("acme"))
            return summary(store, Question("acme", NOW - 5 * HOUR, NOW, exclusions=left_out))["loads"]["value"]

        assert loads() == 120
        stretch = exclusions.add("acme", start=NOW - 2 * HOUR, stop=NOW, actor="me")
        assert loads() == 70
        both = exclusions.add("acme", widget="w1", version="0.1.0", actor="me")
        assert loads() == 40
        exclusions.undo("acme", stretch.id, actor="me")
        assert loads() == 90
        exclusions.undo("acme", both.id, actor="me")
        assert loads() == 120
        release = exclusions.add("acme", version="0.2.0", actor="me")
        assert loads() == 70
    assert release.in_words == "version 0.2.0"
    entries = [(entry.action, entry.detail) for entry in Audit(database).entries("acme")]
    assert entries[0] == ("figures.exclude", "version 0.2.0")
    assert ("figures.include", "widget w1, version 0.1.0") in entries


def test_wrong_exclusions_are_refused(database) -> None:
    exclusions = Exclusions(database)
    wrong: list[dict[str, object]] = [
        {}, {"widget": "a'b"}, {"version": "latest"}, {"start": NOW}, {"start": NOW, "stop": NOW}, {"stop": NOW},
    ]  # fmt: skip
    for arguments in wrong:
        with pytest.raises(SettingError):
            exclusions.add("acme", actor="me", **arguments)  # type: ignore[arg-type]
    with pytest.raises(UnknownAccountError):
        exclusions.add("nobody", widget="w1", actor="me")
    with pytest.raises(SettingError):
        exclusions.undo("acme", 7, actor="me")
    for number in range(MAX_EXCLUSIONS):
        exclusions.add("acme", widget=f"w{number}", actor="me")
    with pytest.raises(SettingError, match="undo one first"):
        exclusions.add("acme", widget="w", actor="me")


@pytest.mark.parametrize(("widget", "version"), [("a'b", None), (None, "1.0.0' OR 1"), ("", None)])
def test_no_text_of_a_database_gets_into_sql(widget, version) -> None:
    with pytest.raises(ValueError, match="not a"):
        condition([Exclusion(1, widget, version, None, None, "")])


def test_an_owner_leaves_rows_out_by_api_and_command_line(server, tools) -> None:
    def ask(method: str, path: str = "", body: object = None):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return server.ask(method, f"/api/v1/accounts/acme/exclusions{path}", body and json.dumps(body), headers)

    options = ("--scope", "owner", "--account", "acme", "--label", "Maria", "--data", server.data)
    token = tools.cli("token", "make", *options).stdout.strip()
    body = {"from": "2026-11-24T15:00:00+01:00", "to": "2026-11-24T16:00:00Z"}
    answer = ask("POST", "", body)
    assert answer.status == 201, answer
    exclusion = answer.json()
    assert (exclusion["from"], exclusion["to"], exclusion["widget"]) == (
        "2026-11-24T14:00:00Z", "2026-11-24T16:00:00Z", None,
    )  # fmt: skip
    assert ask("GET").json() == {"exclusions": [exclusion]}
    assert ask("POST", "", {}).status == 400
    assert ask("POST", "", {"from": body["to"], "to": body["from"]}).status == 400
    listed = tools.cli("account", "exclude", "acme", "--data", server.data).stdout
    assert listed == f"{exclusion['id']}: 2026-11-24T14:00:00.000Z to 2026-11-24T16:00:00.000Z\n"
    assert ask("DELETE", f"/{exclusion['id']}").status == 204
    assert ask("DELETE", f"/{exclusion['id']}").status == 404
    result = tools.cli("account", "exclude", "acme", "--version", "0.4.0", "--data", server.data)
    assert result.stdout.startswith("The figures of acme leave out ")
    (number,) = [each["id"] for each in ask("GET").json()["exclusions"]]
    assert tools.cli("account", "include", "acme", str(number), "--data", server.data).returncode == 0
    assert ask("GET").json() == {"exclusions": []}
