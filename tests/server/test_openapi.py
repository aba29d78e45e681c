"""Checks a running server against its OpenAPI document, with a token of each scope."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.api.schemas import alerts, answers, coverage, experiments, figures, rate_proposal, stages
from server.api.schemas.examples import EXAMPLES

HERE = Path(__file__).parent
# The bounds of every parameter take two minutes, and are the same for each scope.
PHASES = {"operator": "examples,coverage,fuzzing,stateful"}
SCHEMATHESIS = Path(sys.executable).with_name("st")


@pytest.fixture(scope="module")
def document(server):
    """The document, which needs no token."""
    return server.get("/api/v1/openapi.json").json()


@pytest.mark.timeout(420)
@pytest.mark.parametrize("scope", ["operator", "owner", "viewer"])
def test_schemathesis_finds_no_failure(start, tools, tmp_path, scope) -> None:
    mail = ("--smtp", "smtps://127.0.0.1:1", "--smtp-from", "tresta@shop.example")  # so that e-mails are accepted
    server = start(*mail)  # a server of its own, because the requests change settings and revoke tokens
    loads = [{"layout": "grid", "load_ms": 10 * n} for n in range(30)]  # enough for figures
    batch = tools.batch(rate=1, loads=loads, errors={"API_ERROR": 2}, interactions={"grid": 3})
    assert server.post(batch).status == 204
    account = [] if scope == "operator" else ["--account", "acme"]
    output = tools.cli("token", "make", "--data", server.data, "--scope", scope, *account, "--label", f"{scope} probe")
    token = output.stdout.strip()
    command: list[str | Path] = [SCHEMATHESIS, "--config-file", HERE / "schemathesis.toml", "run", "--no-color"]
    command += ["--phases", PHASES.get(scope, "examples,fuzzing,stateful")]
    command += ["--header", f"Authorization: Bearer {token}", f"{server.url}/api/v1/openapi.json"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "openapi_hooks.py")}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=400)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Tested: 41" in result.stdout, result.stdout
    assert server.stop() == 0
    assert "ERROR" not in server.log.read_text(), server.log.read_text()


def test_the_document_is_complete(document) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": "/api/v1"}]
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    operations = [(path, *item) for path, items in document["paths"].items() for item in items.items()]
    assert len(operations) == 44
    for path, method, operation in operations:
        assert operation["security"] == [{"HTTPBearer": []}], path
        assert operation["description"], path
        statuses = set(operation["responses"])
        assert {"401", "503"} < statuses, path
        assert ("404" in statuses) == ("{" in path or (path == "/tokens" and method == "post")), path
        assert "422" not in statuses, path
        for status, response in operation["responses"].items():
            if status in ("202", "204") or "application/x-tar" in response["content"]:
                continue
            (content,) = response["content"].values()
            answer = content["schema"]
            name = answer.get("$ref", "").rpartition("/")[2]
            has_example = "example" in content or document["components"]["schemas"].get(name, {}).get("examples")
            assert has_example or "examples" in answer["properties"]["data"], (path, status)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_fits_its_schema(name) -> None:
    model = next(
        getattr(module, name)
        for module in (answers, figures, alerts, coverage, experiments, rate_proposal, stages)
        if hasattr(module, name)
    )
    answer = model.model_validate(EXAMPLES[name])
    assert answer.model_dump(by_alias=True) == EXAMPLES[name]


def test_the_document_needs_no_token_and_there_are_no_pages_with_scripts_of_a_cdn(server) -> None:
    answer = server.get("/api/v1/openapi.json")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    for path in ("/api/v1/docs", "/api/v1/redoc"):
        assert server.get(path).status == 401
        assert server.get(path, Authorization=f"Bearer {server.token()}").status == 404
