"""The systemd units of deploy/: systemd takes them, and what they start is there."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bundler.machine import programs
from tests.deploy import commands
from tests.deploy.running import DEPLOY, batch, post, replaced
from tests.deploy.sandbox import settings

SERVICES = sorted(DEPLOY.glob("*.service"))
TIMERS = sorted(DEPLOY.glob("*.timer"))
TRESTA = "/opt/tresta/bin/tresta"
EXPOSURE = 20  # tenths; systemd calls less than 2 "OK" and 10 "UNSAFE"

needs_systemd = pytest.mark.skipif(
    programs.path("systemd-analyze") is None,
    reason="There is no systemd-analyze here: `python3 build.py test` installs it on Debian, as root.",
)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """Copies of the units that start a program which exists here: systemd wants it to be there."""
    program, directory = tmp_path / "program", tmp_path / "units"
    program.symlink_to(sys.executable)  # whose own path may have spaces
    directory.mkdir()
    for unit in SERVICES:
        (directory / unit.name).write_text(replaced(unit.read_text(), {TRESTA: str(program)}))
    for unit in TIMERS:
        (directory / unit.name).write_text(unit.read_text())
    return sorted(directory.iterdir())


def commands_of(unit: Path) -> list[list[str]]:
    values = settings(unit)
    return [shlex.split(command) for command in [*values.get("ExecStartPre", []), *values["ExecStart"]]]


def test_there_is_a_timer_for_each_daily_task():
    assert [unit.stem for unit in SERVICES] == ["tresta-backup", "tresta-retention", "tresta"]
    assert [unit.stem for unit in TIMERS] == ["tresta-backup", "tresta-retention"]


@needs_systemd
def test_systemd_has_no_objection(units):
    answer = analyze("verify", "--man=no", *units)
    assert (answer.returncode, answer.stdout) == (0, "")


@needs_systemd
def test_systemd_objects_to_a_setting_that_is_none(units):
    units[0].write_text(units[0].read_text().replace("User=", "Usre="))
    assert "Usre" in analyze("verify", "--man=no", *units).stdout


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_may_do_little(unit):
    answer = analyze("security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager", unit)
    assert answer.returncode == 0, answer.stdout


def test_all_services_have_the_same_sandbox():
    sandboxes = [unit.read_text().partition("# The sandbox")[2].partition("\n\n[")[0].strip() for unit in SERVICES]
    assert len(sandboxes[0].splitlines()) > 20
    assert len(set(sandboxes)) == 1


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_command_of_ours_is_one_that_the_program_takes(unit):
    ours = [command for command in commands_of(unit) if command[0] == TRESTA]
    assert len(ours) == 1
    commands.check(ours[0])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_writes_where_it_may(unit):
    values = settings(unit)
    writable = {f"/var/lib/{name}" for name in values["StateDirectory"][0].split()}
    named = {word for command in commands_of(unit) for word in command if word.startswith("/var/")}
    assert named <= writable
    assert 'data = "/var/lib/tresta"' in (DEPLOY / "tresta.toml").read_text()


def test_the_daily_commands_work_beside_the_server(server, tmp_path):
    assert post(server.url, batch()) == 204
    for name, says in {"tresta-retention": "90 are promised", "tresta-backup": "rows and the accounts"}.items():
        *_, command = commands_of(DEPLOY / f"{name}.service")
        words = [word.replace("/var/lib/tresta-backups", str(tmp_path)) for word in command[1:-2]]
        assert command[-2:] == ["--config", "/etc/tresta/tresta.toml"]
        assert says in server.cli(*words)
    assert len(list(tmp_path.glob("tresta-*.tar"))) == 1


def test_a_backup_is_deleted_before_it_is_90_days_old(tmp_path):
    find, *_ = commands_of(DEPLOY / "tresta-backup.service")
    for days in (0, 1, 87, 88.01, 89, 90, 400):
        backup = tmp_path / f"tresta-{days}.tar"
        backup.touch()
        os.utime(backup, (time.time() - days * 86400,) * 2)
    (tmp_path / "other.tar").touch()
    os.utime(tmp_path / "other.tar", (0, 0))
    subprocess.run([word.replace("/var/lib/tresta-backups", str(tmp_path)) for word in find], check=True)
    left = {path.name for path in tmp_path.iterdir()}
    # A timer runs once a day, up to an hour late: what is younger than 88 days now is younger than 90 the next time.
    assert left == {"tresta-0.tar", "tresta-1.tar", "tresta-87.tar", "other.tar"}
