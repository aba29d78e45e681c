"""GET /api/widgets/{id}/public, and the content files."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest

from server.content_files import ContentFiles
from server.control.accounts import Accounts
from server.control.database import ControlDatabase
from server.process import warn_of_unregistered
from widget.content import parse_content

PUBLIC = "/api/widgets/{}/public"


def test_the_page_can_parse_the_content_and_it_has_no_other_fields(server) -> None:
    answer = server.get(PUBLIC.format("w1"))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    content = parse_content(answer.body.decode())
    assert content.id == "w1"
    assert (content.telemetry.mode, content.telemetry.rate) == ("opt-in", 1.0)
    assert content.testimonials[0].avatar == "http://127.0.0.1:1/ada.png"
    fields = {"id", "design", "telemetry", "testimonials", "drawn"}
    assert answer.json().keys() == fields | {"account"}  # for the receipt, which every widget in opt-in has
    assert server.get(PUBLIC.format("w2")).json().keys() == fields  # no account


def test_pages_of_all_origins_may_read_and_cache_the_content(server) -> None:
    answer = server.get(PUBLIC.format("w1"))
    assert answer.headers["Cache-Control"] == "public, max-age=0, stale-if-error=86400"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for absent in ("Set-Cookie", "Server", "Access-Control-Allow-Credentials"):
        assert absent not in answer.headers

    etag = answer.headers["ETag"]
    for cached in (etag, f"W/{etag}", f'"other", {etag}'):
        again = server.get(PUBLIC.format("w1"), **{"If-None-Match": cached})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    assert server.get(PUBLIC.format("w1"), **{"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("widget", ["nobodys", "w1.json", "%2e%2e", "..%2fwidgets%2fw1", "a b", "x" * 65, "w1%00"])
def test_an_unknown_or_malformed_id_is_a_404(server, widget) -> None:
    answer = server.get(PUBLIC.format(widget.replace(" ", "%20")))
    assert answer.status == 404
    assert isinstance(answer.json()["error"], str)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_files_are_read_again_when_they_change_appear_or_disappear(server, tools) -> None:
    path = tools.write_widget(server.widgets, "fresh", design={"layout": "wall"})
    assert server.get(PUBLIC.format("fresh")).status == 404  # not registered yet
    tools.register(server.data, "fresh")
    tools.wait_for(lambda: server.get(PUBLIC.format("fresh")).status == 200)
    first = server.get(PUBLIC.format("fresh"))
    assert first.json()["design"]["layout"] == "wall"
    tools.write_widget(server.widgets, "fresh", design={"layout": "carousel"})
    second = server.get(PUBLIC.format("fresh"))
    assert second.json()["design"]["layout"] == "carousel"
    assert second.headers["ETag"] != first.headers["ETag"]
    path.unlink()
    assert server.get(PUBLIC.format("fresh")).status == 404


BROKEN = {
    "not JSON": ("{", "not JSON"),
    "another widget's id": ('{"id": "other", "testimonials": []}', "id must be broken"),
    "a wrong color": (
        '{"id": "broken", "testimonials": [], "design": {"primary_color": "red"}}',
        "primary_color must be",
    ),
    "an account": ('{"id": "broken", "testimonials": [], "account": "acme"}', "account must not be in a content file"),
    "a telemetry setting": (
        '{"id": "broken", "testimonials": [], "telemetry": {"mode": "off"}}',
        "telemetry must not be in a content file",
    ),
    "a wrong rating": (
        '{"id": "broken", "testimonials": [{"id": "1", "author": "A", "text": "T", "rating": 9}]}',
        "rating must be",
    ),
    "half a letter": ('{"id": "broken", "testimonials": [{"id": "1", "author": "\\ud800", "text": "T"}]}', "surrog"),
}


@pytest.mark.parametrize(("text", "field"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_a_500_and_one_line_in_the_log(server, tools, text, field) -> None:
    path = server.widgets / "broken.json"
    tools.register(server.data, "broken")
    log_size = len(server.log.read_text())
    path.write_text(text)
    try:
        tools.wait_for(lambda: server.get(PUBLIC.format("broken")).status == 500)
        for _ in range(3):
            answer = server.get(PUBLIC.format("broken"))
            assert answer.status == 500
            assert answer.json()["error"].endswith("the server's log says where.")
        (line,) = server.log.read_text()[log_size:].splitlines()
        assert str(path) in line
        assert field in line
        assert server.get(PUBLIC.format("w1")).status == 200
    finally:
        path.unlink()


def test_the_log_names_a_broken_file_at_the_start(start, tools, tmp_path) -> None:
    tools.write_widget(tmp_path / "widgets", "odd", design={"layout": "spiral"})
    log = start().log
    sentence = f"{tmp_path / 'widgets' / 'odd.json'} is not served: layout must be"
    tools.wait_for(lambda: sentence in log.read_text())


def test_a_start_reads_the_accounts_once_and_no_content_however_many_widgets_there_are(tmp_path, monkeypatch) -> None:
    queries, texts = [], []
    read_rows, read_text = ControlDatabase.read, Path.read_text

    def count_query(*args):
        queries.append(args)
        return read_rows(*args)

    def count_text(path, **options):
        texts.append(path)
        return read_text(path, **options)

    monkeypatch.setattr(ControlDatabase, "read", count_query)
    monkeypatch.setattr(Path, "read_text", count_text)
    counts = set()
    for size in (1, 40):
        directory = tmp_path / str(size)
        directory.mkdir()
        for number in range(size):
            (directory / f"w{number}.json").write_text(json.dumps({"id": f"w{number}", "testimonials": []}))
        with closing(ControlDatabase(directory / "control.sqlite")) as control:
            queries.clear()
            texts.clear()
            content = ContentFiles(directory)
            warn_of_unregistered(content.widgets, Accounts(control))
            counts.add((len(queries), len(texts)))
    ((query_count, text_count),) = counts
    assert query_count <= 2
    assert text_count == 0
    asyncio.run(content.check())
    assert len(texts) == 40


def test_the_log_names_content_without_an_account_at_the_start(start, tools, tmp_path) -> None:
    tools.write_widget(tmp_path / "widgets", "extra")
    server = start()
    assert "No account has the widgets extra; they are not served." in server.log.read_text()
    assert server.get(PUBLIC.format("extra")).status == 404


def test_a_change_of_the_accounts_setting_is_in_the_next_answer(start, tools) -> None:
    server = start()
    before = server.get(PUBLIC.format("w1"))
    assert before.json()["telemetry"] == {"mode": "opt-in", "rate": 1.0, "receipt": "bottom"}
    assert tools.cli("account", "set", "acme", "--mode", "off", "--data", server.data).returncode == 0
    tools.wait_for(lambda: server.get(PUBLIC.format("w1")).json()["telemetry"]["mode"] == "off")
    cached = {"If-None-Match": before.headers["ETag"]}
    assert server.get(PUBLIC.format("w1"), **cached).status == 200  # the cached copy is out of date
    assert server.post(tools.batch()).status == 204
    assert server.health()["refused"] == {"account_off": 1}
    assert server.events() == []
