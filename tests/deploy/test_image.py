"""deploy/Dockerfile and deploy/compose.yaml: what can be checked where there is no Docker engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bundler.build import dist, wheel
from bundler.packages import package
from server.config import PREFIX, SETTINGS
from tests.deploy import commands
from tests.deploy.running import DEPLOY, ROOT, replaced
from tests.deploy.sandbox import settings

DOCKERFILE, COMPOSE = DEPLOY / "Dockerfile", DEPLOY / "compose.yaml"
INSTRUCTIONS = [
    line.split(maxsplit=1) for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")
]
# Of the keys that the Compose specification has for a service, those that stand in ours.
KEYS = {
    "build", "cap_drop", "environment", "image", "init", "ports", "read_only", "restart", "security_opt",
    "stop_grace_period", "tmpfs", "ulimits", "volumes",
}  # fmt: skip


def values(instruction: str) -> list[str]:
    """What stands behind each instruction of this name, of all stages."""
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def environment() -> dict[str, str]:
    return dict(pair.partition("=")[::2] for text in values("ENV") for pair in text.split())


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with what `python3 build.py package` makes."""
    directory = tmp_path_factory.mktemp("packages")
    package.build_into(directory, dist.build(), wheel.version())
    return directory


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    """The one service of compose.yaml."""
    whole = yaml.safe_load(COMPOSE.read_text())
    assert set(whole) == {"services", "volumes"}
    (one,) = whole["services"].values()
    return {**one, "named_volumes": set(whole["volumes"])}


def test_every_instruction_is_one_that_docker_has():
    names = {name for name, _ in INSTRUCTIONS}
    assert names == {"FROM", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert INSTRUCTIONS[0][0] == "FROM"


def test_every_copied_file_is_there(packages):
    stages = re.findall(r" AS (\w+)", "\n".join(values("FROM")))
    for text in values("COPY"):
        *sources, _ = text.split()
        if sources[0].startswith("--from="):
            assert sources[0].removeprefix("--from=") in stages
        else:
            assert [len(list(packages.glob(source))) for source in sources] == [1] * len(sources)


def test_the_container_starts_the_server():
    entrypoint, command = json.loads(values("ENTRYPOINT")[0]), json.loads(values("CMD")[0])
    commands.check([*entrypoint, *command])
    assert environment()["PATH"].startswith("/opt/tresta/bin:")
    assert "python -m venv /opt/tresta" in values("RUN")[0]


def test_every_variable_is_a_setting(service):
    names = {name for name in [*environment(), *service["environment"]] if name != "PATH"}
    assert names <= {f"{PREFIX}{name.upper()}" for name in SETTINGS}


def test_the_server_is_not_root_and_may_write_its_volumes():
    (user,) = values("USER")
    assert f"--uid {user} " in values("RUN")[1]
    assert int(user) > 0
    owned = values("RUN")[1].partition("-o tresta ")[2].split()
    assert values("VOLUME")[0].split() == owned
    assert environment()["TRESTA_DATA"] in owned


def test_the_health_check_knows_a_server_that_works_from_one_that_does_not(server):
    (text,) = values("HEALTHCHECK")
    python, option, program = json.loads(text.partition(" CMD ")[2])
    port = environment()["TRESTA_PORT"]
    assert (python, option, values("EXPOSE")) == ("python", "-c", [port])
    for address, code in {server.address: 0, "127.0.0.1:9": 1}.items():
        command = [sys.executable, option, replaced(program, {f"127.0.0.1:{port}": address})]
        assert subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == code


def test_compose_builds_from_this_dockerfile(service):
    context = os.path.normpath(DEPLOY / service["build"]["context"])
    assert context == str(ROOT / "dist" / "packages")
    assert os.path.normpath(Path(context, service["build"]["dockerfile"])) == str(DOCKERFILE)


def test_every_key_of_compose_is_one_of_the_specification(service):
    assert set(service) - {"named_volumes"} == KEYS
    assert set(service["build"]) == {"context", "dockerfile"}


def test_compose_publishes_the_port_on_this_machine_only(service):
    assert service["ports"] == [f"127.0.0.1:8787:{environment()['TRESTA_PORT']}"]


def test_every_volume_has_its_place(service):
    mounts = dict(mount.split(":")[:2] for mount in service["volumes"])
    named = {source: target for source, target in mounts.items() if not source.startswith(".")}
    assert set(named) == service["named_volumes"]
    assert set(named.values()) == set(values("VOLUME")[0].split())
    files = {source: target for source, target in mounts.items() if source.startswith(".")}
    assert list(files.values()) == [environment()["TRESTA_WIDGETS"]]
    assert all((DEPLOY / source).is_dir() for source in files)


def test_the_container_has_the_limits_of_the_unit(service):
    unit = settings(DEPLOY / "tresta.service")
    assert [str(service["ulimits"]["nofile"])] == unit["LimitNOFILE"]
    assert [service["stop_grace_period"]] == [f"{unit['TimeoutStopSec'][0]}s"]


def test_every_command_in_the_comments_is_one_that_the_program_takes():
    lines = re.findall(r"^#   docker compose .*? run --rm (.*)$", COMPOSE.read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        commands.check(shlex.split(line))


@pytest.mark.parametrize("path", [DOCKERFILE, COMPOSE], ids=lambda path: path.name)
def test_it_says_that_nobody_has_run_it(path):
    assert "there was no Docker engine where it was written" in path.read_text()
