"""What deploy/README.md, deploy/tresta.toml and the example content name is there."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from server.config import SETTINGS, read
from tests.deploy import commands
from tests.deploy.running import DEPLOY, ROOT
from widget.content import parse_content

README = (DEPLOY / "README.md").read_text(encoding="utf-8")
LINES = [
    line for block in re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL) for line in block.splitlines()
]
COMMANDS = [re.split(r"/opt/tresta/bin/(?=tresta )|(?<=--rm )|(?<=-T tresta )", line)[1:] for line in LINES]
TRESTA = [after[0] for after in COMMANDS if after and after[0].startswith("tresta ")]


def test_every_key_of_the_example_is_a_setting():
    table = tomllib.loads((DEPLOY / "tresta.toml").read_text())
    assert set(table) <= set(SETTINGS)
    assert {"data", "widgets", "public_url"} <= set(table)


def test_the_server_reads_the_example():
    config = read({"config": DEPLOY / "tresta.toml"}, {})
    assert (config.public_url, config.host) == ("https://tresta.example", "127.0.0.1")


@pytest.mark.parametrize("path", sorted((DEPLOY / "widgets").iterdir()), ids=lambda path: path.name)
def test_the_example_content_is_content(path):
    text = path.read_text(encoding="utf-8")
    assert parse_content(text).id == path.stem
    assert "{{" not in text


def test_the_readme_shows_commands_that_the_program_takes():
    assert len(TRESTA) >= 5
    for command in TRESTA:
        commands.check(command)


def test_the_readme_names_files_that_are_there():
    names = {word for line in LINES for word in shlex.split(line) if word.startswith("deploy/")}
    assert len(names) >= 8
    assert [name for name in names if not list(ROOT.glob(name))] == []


def test_the_readme_starts_units_that_are_there():
    (line,) = [line for line in LINES if line.startswith("systemctl enable")]
    units = [word for word in line.split() if word.startswith("tresta")]
    assert len(units) == 3
    assert [unit for unit in units if not (DEPLOY / unit).exists()] == []
    (copied,) = [line for line in LINES if "/etc/systemd/system/" in line]
    files = {path.name for pattern in copied.split()[1:-1] for path in ROOT.glob(pattern)}
    assert files == {path.name for kind in ("service", "timer") for path in DEPLOY.glob(f"*.{kind}")}


def test_every_link_of_the_readme_leads_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (DEPLOY / link).exists()] == []


def test_a_container_deletes_backups_as_the_unit_does():
    deletes = re.compile(r"find \S+ (-name .* -delete)")
    (unit,) = deletes.findall((DEPLOY / "tresta-backup.service").read_text())
    assert deletes.findall(README) == [unit]
