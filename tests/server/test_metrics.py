"""What a monitor reads: in the format of OpenMetrics, for those who may, and without a word about anybody."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import urllib.request
from contextlib import closing
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from server.control.database import ControlDatabase
from server.control.tokens import Tokens

ROOT = Path(__file__).resolve().parents[2]
# What a sender could try to get into figures and logs.
CANARIES = {
    "User-Agent": "Quillonia-Agent/7.1",
    "Referer": "https://canary.example/quillonia.vantreese",
    "Cookie": "crumb=8e1d47b2c6f0",
    "X-Forwarded-For": "203.0.113.77",
}


def figures(text: str) -> dict[str, float]:
    """Each sample's value, by its name and its labels."""
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_figures_are_those_of_the_server_and_for_operators_alone(server, tools) -> None:
    assert server.post(tools.batch()).status == 204
    assert server.post("no batch").status == 400
    answer = server.get("/metrics", Authorization=f"Bearer {server.token()}")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.headers["Cache-Control"] == "no-store"
    values = figures(answer.body.decode())
    assert values["tresta_batches_total"] == 2
    assert values["tresta_rows_stored_total"] == values["tresta_stored_rows"] == 1
    assert values["tresta_refused_total not_json"] == 1
    assert (values["tresta_status ok"], values["tresta_status disk_full"]) == (1, 0)
    assert values["tresta_oldest_row_age_seconds"] < 600
    assert values["process_resident_memory_bytes"] > 1e7
    with closing(ControlDatabase(server.data / "control.sqlite")) as control:
        _, owner = Tokens(control).make("owner", "acme", "Maria", actor="test")
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {owner}"}):
        refused = server.get("/metrics", **headers)
        assert refused.status == 401
        assert b"tresta_" not in refused.body


def test_an_address_of_its_own_answers_a_monitor_without_a_token_and_nothing_else(start, tools) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = start("--metrics-address", f"127.0.0.1:{port}")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert "tresta_batches_total 0.0" in answer.read().decode()
    assert server.post(tools.batch()).status == 204
    taken = tools.cli("serve", "--port", "0", "--metrics-address", f"127.0.0.1:{port}", "--data", server.data / "new")
    assert (taken.returncode, taken.stderr.count("\n")) == (1, 1)
    assert server.stop() == 0


def test_neither_the_figures_nor_the_log_have_a_word_about_a_visitor(start, tools) -> None:
    server = start("--log-format", "json")
    odd = tools.batch(errors={"quillonia.vantreese@canary.example": 1})
    for body in (tools.batch(), odd, "Quillonia Vantreese", tools.batch(widget="Quillonia Vantreese")):
        server.post(body, **CANARIES)
    for path in ("/api/widgets/quillonia/public?email=quillonia@canary.example", "/quillonia", "/api/v1/quillonia"):
        server.get(path, **CANARIES)
    with contextlib.suppress(Exception):
        server.ask("QUILLONIA", "/telemetry", b"\0quillonia", CANARIES)
    text = server.get("/metrics", Authorization=f"Bearer {server.token()}").body.decode()
    server.stop()
    for written in (text, server.log.read_text()):
        assert not re.search(r"quillonia|vantreese|canary|crumb|8e1d47b2c6f0|203\.0\.113|Agent/7", written, re.I)
    assert "acme" not in text  # nor about an account or a widget
    assert "w1" not in text


def test_the_dashboard_for_grafana_asks_for_figures_that_exist(server) -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert len(expressions) >= 8
    text = server.get("/metrics", Authorization=f"Bearer {server.token()}").body.decode()
    exist = {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}
    exist |= {"tresta_refused_total"}  # absent until something is refused
    asked = {name for text in expressions for name in re.findall(r"\b(?:tresta|process)_\w+", text)}
    assert asked <= exist
