"""build.py and the environment it makes: what a person reads when it cannot, and that it does nothing twice."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from collections import namedtuple

import pytest

import build
from bundler.machine import command, environment
from bundler.machine.errors import BuildError

LOCKS = {"server": "one==1.0\ntwo==2.0\n", "build": "three==3.0\n"}
Version = namedtuple("Version", "major minor micro")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of its own, with an empty environment, and the pip commands it was given."""
    (tmp_path / "bundler" / "machine" / "locks").mkdir(parents=True)
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    for group, lock in LOCKS.items():
        environment.lock_file(group).write_text(lock)
    started: list[list[str]] = []
    monkeypatch.setattr(command, "run", lambda line, *_, **__: started.append([str(part) for part in line]))
    return started


def test_a_python_too_old_is_told_which_one_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", Version(3, 8, 10))
    message = build.main(["serve"])
    assert message == "This needs Python 3.11 or newer and was started with 3.8.10: try python3.11 build.py."


def run_build_py(*arguments):
    """`python3 build.py ...` by a Python without any packages."""
    command = [sys.executable, "-S", environment.ROOT / "build.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


WRONG = {
    "no verb": ([], "the following arguments are required: VERB"),
    "an unknown verb": (["dance"], "invalid choice: 'dance'"),
    "an unknown option": (["bundle", "--wild"], "There is no option --wild for bundle."),
    "a port that is none": (["serve", "--port", "x"], "must be a whole number from 0 to 65533."),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_verb_or_option_is_one_sentence_before_anything_is_installed(arguments, words):
    result = run_build_py(*arguments)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert words.lower() in result.stderr.lower()
    assert "--help` lists what there is" in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["bench", "--help"], ["test", "--help"]])
def test_help_is_given_before_anything_is_installed(arguments):
    result = run_build_py(*arguments)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("usage: python3 build.py")


def test_packages_are_installed_once(project):
    environment.install("server", "build")
    files = [str(environment.lock_file(group)) for group in ("server", "build")]
    assert [line[-5:] for line in project] == [
        ["--require-hashes", "--requirement", files[0], "--requirement", files[1]]
    ]
    environment.install("server")
    environment.install("server", "build")
    assert len(project) == 1


def test_a_changed_list_is_installed_anew(project):
    environment.install("server", "build")
    lock = environment.lock_file("server")
    lock.write_text(LOCKS["server"].replace("two==2.0", "two==2.1"))
    environment.install("server", "build")
    assert project[1][-2:] == ["--requirement", str(lock)]
    lock.write_text(LOCKS["server"])
    environment.install("server")
    assert len(project) == 3, "going back installs the old versions again"


def test_the_locks_have_what_pyproject_pins_and_a_hash_for_each_package():
    groups = tomllib.loads((environment.ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert set(groups) == {file.stem for file in environment.lock_file("server").parent.glob("*.txt")}
    versions: dict[str, set[str]] = {}
    for group, packages in groups.items():
        entries = re.split(r"\n(?=[a-z])", environment.lock_file(group).read_text().strip())
        names = [entry.split()[0] for entry in entries]
        # The lock has the packages of an extra, such as psycopg[binary], by their own names.
        pins = {re.sub(r"\[.*\]", "", package.split(";")[0]) for package in packages}
        assert pins <= set(names), group
        for entry in entries:
            assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry
            name, _, version = entry.split()[0].partition("==")
            condition = entry.partition(";")[2].split("\\")[0]
            versions.setdefault(f"{name};{condition}", set()).add(version)
    assert [name for name, several in versions.items() if len(several) > 1] == []  # groups must not undo each other


def test_a_failed_install_is_tried_again(project, monkeypatch):
    with monkeypatch.context() as broken:

        def fail(*_: object, **__: object) -> None:
            raise BuildError("no")

        broken.setattr(command, "run", fail)
        with pytest.raises(BuildError):
            environment.install("server")
    environment.install("server")
    assert len(project) == 1


def test_a_python_without_venv_is_told_what_to_install(project, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(BuildError, match=r"apt-get install python3\.\d+-venv"):
        environment.prepare()


def test_what_exists_is_enough_to_start(project):
    # This very environment: made by the same code, so neither pip nor venv is started.
    environment.install("server", "build")
    (environment.VENV / "ready").write_text(f"{sys.version} in {environment.ROOT}")
    before = len(project)
    environment.prepare()
    assert len(project) == before


def test_pip_without_a_network_is_one_sentence(tmp_path):
    nobody = "http://127.0.0.1:9/simple"  # port 9, discard: nobody listens
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--retries", "0", "--index-url", nobody]
    with pytest.raises(BuildError) as caught:
        command.run([*pip, "--dest", tmp_path, "surely-not-cached==1.0"], "It could not be had.")
    assert (
        str(caught.value) == "It could not be had. The network is not reachable: connect this machine and run it again."
    )


def test_a_failure_shows_the_last_lines_and_a_success_none():
    script = "print(*range(100), sep='\\n'); raise SystemExit({})"
    with pytest.raises(BuildError) as caught:
        command.run([sys.executable, "-c", script.format(3)], "It broke.")
    lines = str(caught.value).splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("It broke. Its output:", "    88", "    99")
    assert command.run([sys.executable, "-c", script.format(0)], "It broke.").startswith("0\n1\n")


def test_a_program_that_hangs_is_ended():
    with pytest.raises(BuildError, match="longer than 0 s"):
        command.run([sys.executable, "-c", "import time; time.sleep(60)"], "It hung.", timeout=0.2)


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(BuildError, match="no-such-program could not be started"):
        command.run(["no-such-program"], "It failed.")
