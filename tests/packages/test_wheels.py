"""The two wheels, each installed into an empty place outside the checkout, and used there as its users would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bundler.build import dist, wheel
from bundler.demo import origins, ports
from bundler.machine.environment import ROOT
from bundler.machine.errors import BuildError
from bundler.packages import checkout, server_wheel, widget_wheel
from tests.server.conftest import wait_for

VERSION = wheel.version()
TYPED = """
from widget import TelemetryTracker
from widget.testing import FakeBridge

page = FakeBridge()
tracker = TelemetryTracker("w1", "1.0.0", {"samplingRate": 1}, bridge=page)
tracker.track_error("API_ERROR")
page.hide()
assert '"API_ERROR":1' in page.sent[0]
"""


class Place:
    """An empty folder with a virtual environment of its own, of which no path leads to the checkout's code."""

    def __init__(self, path: Path, wheels: list[Path]) -> None:
        self.path = path / "shop"
        self.path.mkdir()
        environment = path / "environment"
        venv.create(environment, with_pip=True)
        self.bin = environment / "bin"
        (self.packages,) = environment.glob("lib/python*/site-packages")
        # What the wheels depend on was installed for the tests already, so that none of them needs a network.
        (self.packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.run("pip", "install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", *wheels)

    def run(self, program: str, *arguments: str | Path) -> str:
        """What the program of the environment prints; it must end well."""
        process = subprocess.run(
            [self.bin / program, *arguments], cwd=self.path, env=self.variables(), capture_output=True, text=True
        )
        assert process.returncode == 0, process.stdout + process.stderr
        return process.stdout

    def variables(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    directory = tmp_path_factory.mktemp("packages")
    return [widget_wheel.build(directory, VERSION), server_wheel.build(dist.build(), directory, VERSION)]


@pytest.fixture(scope="module")
def place(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("place"), wheels)


@pytest.fixture(scope="module")
def served(place: Place) -> Iterator[str]:
    """The URL of `tresta init && tresta serve` in the empty folder."""
    place.run("tresta", "init")
    process = subprocess.Popen(
        [place.bin / "tresta", "serve", "--port", "0"], cwd=place.path, env=place.variables(), stdout=subprocess.DEVNULL
    )
    try:
        wait_for((place.path / "data" / "server.json").exists)
        yield str(json.loads((place.path / "data" / "server.json").read_text())["url"])
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_all_that_they_need_is_named_and_pinned(place):
    assert place.run("pip", "check").strip() == "No broken requirements found."


def test_nothing_but_our_two_packages_lands_in_site_packages(wheels):
    names = {name.split("/")[0] for path in wheels for name in zipfile.ZipFile(path).namelist()}
    assert names == {
        "widget", f"tresta_widget-{VERSION}.dist-info", "tresta_server", f"tresta_server-{VERSION}.dist-info",
    }  # fmt: skip


def test_nothing_of_the_checkout_is_on_the_path(place):
    code = "import sys, widget, tresta_server; print(widget.__file__, tresta_server.__file__, *sys.path, sep='\\n')"
    widget_file, server_file, *paths = place.run("python", "-c", code).splitlines()
    assert Path(widget_file).is_relative_to(place.packages)
    assert Path(server_file).is_relative_to(place.packages)
    assert [path for path in paths if path and Path(path) == ROOT] == []
    code = "import importlib.util; print(importlib.util.find_spec('server'))"
    assert place.run("python", "-c", code) == "None\n"


def test_python_callers_get_types_and_test_doubles(place):
    (place.path / "typed.py").write_text(TYPED)
    place.run("python", "typed.py")
    report = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", place.bin / "python", "typed.py"],
        cwd=place.path, env=place.variables(), capture_output=True, text=True,
    )  # fmt: skip
    assert report.returncode == 0, report.stdout


def test_the_command_names_itself_and_its_version(place):
    assert place.run("tresta", "--version") == f"tresta {VERSION}\n"
    usage = place.run("tresta", "--help")
    assert usage.startswith("usage: tresta ")
    assert "python -m server" not in usage


def ask(url: str, token: str = "") -> Any:
    with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"} if token else {}), timeout=10) as answer:
        return json.load(answer)


def test_init_and_serve_are_the_whole_product(served, place):
    assert ask(f"{served}/api/widgets/example/public")["id"] == "example"
    token = (place.path / "data" / "operator.token").read_text().strip()
    account = ask(f"{served}/api/v1/accounts/main", token)
    assert f'src="{served}/embed.js"' in account["widgets"][0]["embed"]
    assert "--public-url" in account["embed_problem"]
    with urlopen(f"{served}/embed.js", timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    with urlopen(f"{served}/", timeout=10) as answer:
        assert answer.url == f"{served}/console/"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_page_with_its_embed_code_shows_the_widget_and_is_counted(served, place, launched, tmp_path):
    place.run(
        "tresta", "account", "set", "main", "--mode", "opt-in", "--rate", "1", "--confirm", "I have asked my visitors"
    )
    token = (place.path / "data" / "operator.token").read_text().strip()
    (embed,) = [widget["embed"] for widget in ask(f"{served}/api/v1/accounts/main", token)["widgets"]]
    context = launched("chromium").new_context()
    page = context.new_page()
    (tmp_path / "index.html").write_text(f"<!doctype html>{embed}")
    shop = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path, html=True))])
    with ports.listen(0, "shop") as listener, origins.running(shop, listener):
        page.goto(f"{origins.url(listener)}/")
        page.locator(".card").first.wait_for()
        page.wait_for_function("Tresta.ready.then(() => true)")
        context.close()
    wait_for(
        lambda: [event["kind"] for event in json.loads(place.run("tresta", "events", "--json"))["events"]] == ["load"]
    )


def test_a_person_signs_in_at_its_console(served, place, launched):
    context = launched("chromium").new_context()
    page = context.new_page()
    page.goto(f"{served}/console/")
    page.get_by_label("Token").fill((place.path / "data" / "operator.token").read_text().strip())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Settings").click()
    page.get_by_text("tresta-widget-example").first.wait_for()
    context.close()


def test_the_same_sources_give_the_same_bytes(wheels, tmp_path):
    again = [widget_wheel.build(tmp_path, VERSION), server_wheel.build(dist.build(), tmp_path, VERSION)]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in wheels]


def test_uncommitted_changes_are_named_or_marked(monkeypatch):
    monkeypatch.setattr(checkout, "_uncommitted", lambda: ["a.py", "b.py", "c.py", "d.py"])
    with pytest.raises(BuildError, match=r"uncommitted changes \(a.py, b.py, c.py and 1 more\): commit them"):
        checkout.release_version()
    assert checkout.release_version(allow_dirty=True) == f"{VERSION}+dirty"


def test_a_changed_file_makes_a_checkout_dirty(monkeypatch, tmp_path):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    monkeypatch.setattr(checkout, "ROOT", tmp_path)
    assert checkout._uncommitted() == []
    (tmp_path / "a file.py").touch()
    assert checkout._uncommitted() == ["a file.py"]
