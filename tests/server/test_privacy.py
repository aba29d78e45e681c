"""The privacy documents of a running server: for everybody and for one account."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from server.privacy.tables import TABLES, Change, Table, changes
from widget.telemetry.fields import FIELDS
from widget.telemetry.schema import DIGEST, DIGESTS


def test_the_manifest_has_every_field_with_its_bounds_purpose_and_panel(server):
    answer = server.get("/.well-known/telemetry.json")

    manifest = answer.json()
    assert (answer.status, manifest["schema"], manifest["digest"]) == (200, 2, DIGEST)
    assert [field["name"] for field in manifest["fields"]] == [field.name for field in FIELDS]
    assert {key for field in manifest["fields"] for key in field} == {"name", "type", "bounds", "purpose", "panel"}
    assert manifest["retention_days"] == 90


def test_an_account_shows_its_sampling_and_only_the_fields_that_it_sends(server):
    manifest = server.get("/privacy/acme.json").json()

    assert (manifest["mode"], manifest["rate"]) == ("opt-in", 1)
    names = {field["name"] for field in manifest["fields"]}
    assert {"load_ms", "digest"} <= names
    assert not {"variant", "region", "truth"} & names


def test_an_account_that_is_off_says_that_it_collects_nothing(server):
    assert server.get("/privacy/silent.json").json()["fields"] == []
    assert "collect nothing" in server.get("/privacy/silent").body.decode()
    assert "none: the account has switched telemetry off." in server.get("/privacy/silent.txt").body.decode()


class Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)

    def handle_data(self, data) -> None:
        self.text += data


def test_the_page_tells_each_field_and_loads_nothing(server):
    answer = server.get("/privacy/acme")
    page = Texts()
    page.feed(answer.body.decode())

    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert "Every page view, drawn at random in the page." in page.text
    sent = [field for field in FIELDS if field.name not in ("variant", "region", "truth")]
    assert all(field.purpose in page.text and field.bounds in page.text for field in sent)
    assert all(f"{field.type}: " in page.text and f"under: {field.panel}" in page.text for field in sent)
    assert DIGEST in page.text
    assert f"Schema 2, digest {DIGEST}:" in page.text
    assert "digest is new: 8 of 0-9 a-f" in page.text


def test_the_record_of_processing_can_be_taken_along_and_edited(server):
    answer = server.get("/privacy/acme.txt")

    assert answer.headers["Content-Type"].startswith("text/plain")
    text = answer.body.decode()
    assert "GDPR Article 30" in text
    assert "[for the controller and its counsel to decide]" in text
    assert (
        "- load_ms (number): 0-600000 whole milliseconds. Purpose: how long the visitor waited. Panel: Load time."
        in text
    )
    assert f"digest {DIGEST}" in text
    assert "erasure: 90 days" in text


@pytest.mark.parametrize(
    "path", ["/privacy/nobody", "/privacy/nobody.json", "/privacy/acme.json/x", "/privacy/%3Cb%3E"]
)
def test_an_unknown_account_is_a_404_that_repeats_nothing(server, path):
    answer = server.get(path)

    assert answer.status == 404
    assert b"nobody" not in answer.body
    assert b"<b" not in answer.body


def test_a_running_experiment_adds_the_variant_to_the_accounts_fields(start):
    server = start()
    body = {
        "widget": "w1",
        "name": "List or grid",
        "figure": "p75",
        "variants": [{"share": 0.5}, {"share": 0.5, "design": {"layout": "list"}}],
        "ends_at": f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}",
    }
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
    assert server.ask("POST", "/api/v1/accounts/acme/experiments", json.dumps(body), headers).status == 201

    names = [field["name"] for field in server.get("/privacy/acme.json").json()["fields"]]

    assert "variant" in names


def test_the_tables_of_all_versions_are_there_and_the_newest_is_the_schemas():
    assert {table.digest for table in TABLES} == {"", *DIGESTS}
    assert TABLES[-1].bounds == {field.name: field.bounds for field in FIELDS}


def test_changes_name_new_fields_fields_that_are_gone_and_other_bounds():
    before, after = Table(1, "", {"a": "1", "b": "2"}), Table(2, "", {"a": "1-2", "c": "3"})

    assert changes(before, after) == [Change("a", "1", "1-2"), Change("c", "", "3"), Change("b", "2", "")]
