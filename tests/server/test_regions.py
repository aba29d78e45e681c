"""Regions of the world on the server: the setting, the content's answer, what is stored, and the older store."""

from __future__ import annotations

import json
import math
from contextlib import closing
from datetime import UTC, datetime

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase, timestamp
from server.control.regions import RegionSetting, RegionSettings
from server.control.restored import keep_stricter
from server.control.widgets import Widgets
from server.errors import SettingError, UnknownAccountError
from server.store import migrations
from server.store.row import Row
from server.store.store import Store
from widget.telemetry.schema import DIGEST, REGIONS

ME = "command line"


@pytest.fixture
def database(place):
    database = ControlDatabase(place)
    Accounts(database).add("acme", "Acme Ltd", actor=ME)
    yield database
    database.close()


def test_regions_are_off_until_they_are_switched_on_and_the_trail_names_each_change(database):
    settings = RegionSettings(database)
    assert settings.of("acme") == RegionSetting(False, None)

    settings.set("acme", True, actor=ME)
    settings.set("acme", True, 2, actor=ME)
    settings.set("acme", True, 2, actor=ME)  # no change, no entry
    assert settings.of("acme") == RegionSetting(True, 2.0)
    settings.set("acme", False, actor=ME)
    assert settings.of("acme") == RegionSetting(False, None)

    entries = [entry for entry in Audit(database).entries("acme") if entry.action == "regions.set"]
    assert [entry.detail for entry in entries] == ["on, epsilon 2 -> off", "on -> on, epsilon 2", "off -> on"]


@pytest.mark.parametrize("epsilon", [0, 0.49, 8.01, -1, float("nan"), float("inf")])
def test_a_budget_beyond_the_bounds_is_refused(database, epsilon):
    with pytest.raises(SettingError, match=r"0\.5 to 8"):
        RegionSettings(database).set("acme", True, epsilon, actor=ME)


def test_an_unknown_account_has_no_setting_to_change(database):
    with pytest.raises(UnknownAccountError):
        RegionSettings(database).set("nobody", True, actor=ME)


def test_a_removed_account_leaves_no_setting(database):
    RegionSettings(database).set("acme", True, actor=ME)
    Accounts(database).remove("acme", actor=ME)
    assert RegionSettings(database).by_account() == {}


@pytest.mark.parametrize("epsilon", [0.5, 1, 2, 4, 8])
def test_no_answer_makes_a_region_likelier_by_more_than_the_budget(epsilon):
    truth = RegionSetting(True, epsilon).truth
    other = (1 - truth) / (len(REGIONS) - 1)
    assert 0.97 * math.exp(epsilon) < truth / other <= math.exp(epsilon)
    assert (RegionSetting().truth, RegionSetting(True).truth) == (0, 1)


def test_a_restore_keeps_regions_off_or_uncertain_if_they_are_so_now(tmp_path):
    made_at = datetime.now(UTC)
    with closing(ControlDatabase(tmp_path / "old")) as restored, closing(ControlDatabase(tmp_path / "now")) as present:
        for database in (restored, present):
            for account in ("off", "less", "more"):
                Accounts(database).add(account, account, actor=ME)
        for account, before, now in (("off", None, 0), ("less", None, 2), ("more", 1, None)):
            RegionSettings(restored).set(account, True, before, actor=ME)
            RegionSettings(present).set(account, now != 0, now or None, actor=ME)
        kept = keep_stricter(restored, present, made_at)
        after = RegionSettings(restored)
        assert [after.of(each).in_words for each in ("off", "less", "more")] == [
            "off",
            "on, epsilon 2",
            "on, epsilon 1",
        ]
    assert [sentence.split()[1] for sentence in kept] == ["less", "off"]


def report(**changes):
    fields = {"widget": "w1", "version": "0.1.0", "rate": 1, "errors": {"API_ERROR": 2}, "interactions": {"grid": 1}}
    fields["loads"] = [{"layout": "grid", "load_ms": 412}]
    return json.dumps({"schema": 2, "digest": DIGEST, "widgets": [fields | changes]})


def regions_of(server):
    return {(event["region"], event["truth"]) for event in server.events()}


@pytest.fixture
def shop(start):
    """A running server. `switch(**setting)` changes the setting by the API."""
    server = start()

    def switch(**setting):
        headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
        return server.ask("PUT", "/api/v1/accounts/acme/regions", json.dumps(setting), headers)

    server.switch = switch
    return server


def test_the_content_says_that_the_account_wants_regions_and_nothing_while_it_does_not(shop):
    before = shop.get("/api/widgets/w1/public")
    assert "regions" not in before.json()

    answer = shop.switch(is_on=True).json()
    assert answer["regions"] == {"is_on": True, "epsilon": None, "truth": 1}
    assert shop.get("/api/widgets/w1/public").json()["regions"] == {"truth": 1.0}
    assert shop.switch(is_on=True, epsilon=2.0).json()["regions"]["truth"] == 0.2514
    assert shop.get("/api/widgets/w1/public").json()["regions"] == {"truth": 0.2514}
    assert "regions" not in shop.get("/api/widgets/w2/public").json()  # of another account

    shop.switch(is_on=False)
    assert shop.get("/api/widgets/w1/public").body == before.body


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "is_on is missing."),
        ({"is_on": 1}, "is_on must be true or false."),
        ({"is_on": True, "epsilon": 9}, "epsilon must be a number from 0.5 to 8, or null."),
        ({"is_on": True, "epsilon": "2"}, "epsilon must be a number from 0.5 to 8, or null."),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(shop, body, sentence):
    answer = shop.switch(**body)
    assert answer.status == 400
    assert answer.json()["error"] == sentence


def test_a_region_is_stored_with_each_row_of_its_report(shop):
    shop.switch(is_on=True)
    assert shop.post(report(region="western-europe")).status == 204

    assert regions_of(shop) == {("western-europe", 1)}
    assert {event["kind"] for event in shop.events()} == {"load", "error", "interaction"}


def test_a_region_is_stored_only_as_the_present_setting_has_it_and_the_rows_are_kept_without(shop):
    assert shop.post(report(region="western-europe")).status == 204  # of a page before the owner switched it off
    shop.switch(is_on=True, epsilon=2.0)
    assert shop.post(report(region="western-europe")).status == 204
    assert shop.post(report(region="western-europe", truth=0.05)).status == 204  # would weigh a hundred times as much
    assert regions_of(shop) == {("", 0)}
    assert len(shop.events()) == 9

    assert shop.post(report(region="caribbean", truth=0.2514)).status == 204
    assert regions_of(shop) == {("", 0), ("caribbean", 0.2514)}


@pytest.mark.parametrize("region", ["DE", "Europe/Berlin", "atlantis", ""])
def test_an_unknown_region_is_refused_by_name_and_nothing_is_stored(shop, region):
    shop.switch(is_on=True)
    answer = shop.post(report(region=region))

    assert (answer.status, answer.body) == (400, b"invalid_region")
    assert shop.events() == []
    assert shop.health()["refused"] == {"invalid_region": 1}


def test_the_privacy_documents_name_the_region_once_it_is_collected(shop):
    def fields():
        return {field["name"] for field in shop.get("/privacy/acme.json").json()["fields"]}

    assert not {"region", "truth"} & fields()
    shop.switch(is_on=True)
    assert {"region", "truth"} & fields() == {"region"}
    shop.switch(is_on=True, epsilon=2.0)
    assert {"region", "truth"} <= fields()
    assert "names its own region with the probability 0.2514" in shop.get("/privacy/acme").body.decode()
    assert shop.get("/privacy/acme.json").json()["region_truth"] == 0.2514


def test_the_command_line_switches_regions_on_and_off(tmp_path, tools):
    tools.register(tmp_path / "data", "w1")

    def run(*options):
        return tools.cli("account", "regions", "acme", *options, "--data", tmp_path / "data")

    assert run().stdout == "acme: regions off\n"
    assert run("--on", "--epsilon", "2").stdout == "acme: regions on, epsilon 2\n"
    assert run("--on").stdout == "acme: regions on\n"
    assert "--epsilon goes with --on" in run("--epsilon", "2").stderr
    assert "0.5 to 8" in run("--on", "--epsilon", "20").stderr
    assert run("--off").stdout == "acme: regions off\n"


def test_a_store_of_before_regions_keeps_its_rows(tmp_path, monkeypatch):
    before = [step for step in migrations.migrations(cluster=False) if step.number < 10]
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", lambda **_: iter(before))
        old = Store(tmp_path / "store")
    assert "region" not in old._writer.command("SHOW CREATE TABLE events")
    old._writer.command(
        "INSERT INTO events (ts, account, widget, version, rate, kind, layout, load_ms, count, variant)"
        f" VALUES ('{datetime.now(UTC):%Y-%m-%d %H:%M:%S}', 'acme', 'w1', '0.1.0', 0.5, 'load', 'grid', 412, 1, 'e7-a')"
    )
    old.close()
    new = Row("acme", "w1", "0.1.0", 0.5, "load", "grid", load_ms=300, region="caribbean", truth=0.25)
    for _ in range(2):  # a server that was killed before it recorded the step runs it again
        with closing(Store(tmp_path / "store")) as store:
            store.insert([new])
            events = store.query("newest_events", limit=10)
            store._writer.command("ALTER TABLE migrations DELETE WHERE number > 9 SETTINGS mutations_sync = 2")
    stored = [(event["load_ms"], event["variant"], event["region"], event["truth"]) for event in events]
    assert sorted(stored) == [(300, "", "caribbean", 0.25)] * 2 + [(412, "e7-a", "", 0)]


def test_a_control_database_of_before_regions_takes_its_accounts_along(tmp_path, monkeypatch):
    from server.control import database as control

    steps = tmp_path / "steps"
    steps.mkdir()
    for path in control.MIGRATIONS.glob("*.sql"):
        if int(path.name[:3]) < 7:
            (steps / path.name).write_text(path.read_text())
    with monkeypatch.context() as patch:
        patch.setattr(control, "MIGRATIONS", steps)
        with closing(ControlDatabase(tmp_path / "control.sqlite")) as old, old.change() as connection:
            account = ("acme", "Acme Ltd", "sampled", 0.01, timestamp())
            connection.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?)", account)
            connection.execute("INSERT INTO widgets VALUES (?, ?, ?)", ("w1", "acme", timestamp()))
    with closing(ControlDatabase(tmp_path / "control.sqlite")) as database:
        assert (Accounts(database).get("acme").name, Widgets(database).of("acme")) == ("Acme Ltd", ["w1"])
        assert RegionSettings(database).set("acme", True, actor=ME).is_on
