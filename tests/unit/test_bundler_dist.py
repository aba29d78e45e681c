"""What dist/ is made of: the wheel, the loader, the compressed copies and the budget."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import zipfile

import brotli
import pytest

from bundler.build import budget, compression, dist, loader, wheel
from bundler.machine import node
from bundler.machine.errors import BuildError
from widget.design import NAMES

OTHERS = {"api-url", "container", "debug", "min-height", "nonce", "runtime", "telemetry", "widget-id"}
ATTRIBUTES = {name.replace("_", "-") for name in NAMES} | OTHERS


@pytest.fixture(scope="module")
def built():
    return dist.build()


def test_the_same_sources_give_the_same_wheel(tmp_path):
    one, two = wheel.build_for_pages(tmp_path / "one"), wheel.build_for_pages(tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()
    assert one.name == wheel.name()


def test_the_wheel_holds_the_widget_and_no_test_doubles(tmp_path):
    names = zipfile.ZipFile(wheel.build_for_pages(tmp_path)).namelist()
    assert {"widget/__init__.py", "widget/telemetry/schema.py", "widget/view/layouts/grid.py"} <= set(names)
    assert [name for name in names if "testing" in name or name.endswith(".pyc")] == []
    assert {name.split("/")[0] for name in names} == {"widget", f"tresta_widget-{wheel.version()}.dist-info"}


def test_the_loader_is_small_and_knows_this_build(built):
    text, (boot,) = (built / "embed.js").read_text(), built.glob("boot-*.js")
    assert boot.name in text
    assert f"sha256-{base64.b64encode(hashlib.sha256(boot.read_bytes()).digest()).decode()}" in text
    assert wheel.name() in boot.read_text()
    assert "__" not in text + boot.read_text()
    assert len(text) < sum(path.stat().st_size for path in loader.sources()) / 2


def test_the_loader_asks_for_every_choice_of_the_design_and_for_nothing_else():
    (pattern,) = re.findall(r"const DESIGN = /(.+)/;", (loader.SOURCE.parent / "loader" / "content.js").read_text())
    sent = {name for name in ATTRIBUTES if re.fullmatch(pattern, f"data-{name}")}
    assert sent == {name.replace("_", "-") for name in NAMES}


@pytest.mark.parametrize("text", ["f('__WHEEL__', '__NOBODY__')", "f()"])
def test_a_name_that_loader_and_build_do_not_share_fails_the_build(text):
    with pytest.raises(BuildError, match=r"__NOBODY__|__WHEEL__"):
        loader._fill(text, {"__WHEEL__": "w.whl"})


def test_a_loader_over_its_budget_fails_the_build(tmp_path, built):
    budget.check(built)
    (tmp_path / "embed.js").write_text(", ".join(str(number**3) for number in range(2000)))
    compression.compress_all(tmp_path)
    with pytest.raises(BuildError, match=r"embed\.js is \d+ bytes in brotli, \d+ over its budget of 3120"):
        budget.check(tmp_path)


def test_each_file_that_gains_by_it_lies_there_compressed(built):
    content = (built / "pyodide" / "pyodide.asm.wasm").read_bytes()
    assert brotli.decompress((built / "pyodide" / "pyodide.asm.wasm.br").read_bytes()) == content
    assert gzip.decompress((built / "pyodide" / "pyodide.asm.wasm.gz").read_bytes()) == content
    assert not (built / f"{wheel.name()}.br").exists()


def test_what_was_compressed_once_is_not_compressed_again(tmp_path, monkeypatch):
    monkeypatch.setattr(compression, "CACHE", tmp_path / "cache")
    content = b"console.log(1);" * 100
    calls = []

    def compressor(content: bytes) -> bytes:
        calls.append(content)
        return content[:5]

    assert compression._cached(content, ".br", compressor) == compression._cached(content, ".br", compressor)
    assert len(calls) == 1


def test_python_and_pyscript_are_there_whole(built):
    files = {path.name for path in (built / "pyodide").iterdir() if path.suffix not in compression.CODINGS}
    assert files == set(dist._PYODIDE.values())
    assert (built / "pyscript" / "core.js").exists()


def test_nothing_is_built_twice(built, monkeypatch):
    before = (built / "embed.js").stat().st_mtime_ns
    monkeypatch.setattr(dist, "_fill", lambda *_: pytest.fail("it was built again"))
    dist.build()
    assert (built / "embed.js").stat().st_mtime_ns == before


def test_a_changed_source_changes_the_digest(monkeypatch):
    before = dist._digest(dist.SLIM)
    monkeypatch.setattr(loader, "SOURCE", dist.ROOT / "web" / "demo" / "pyscript.html")
    assert dist._digest(dist.SLIM) != before != dist._digest(dist.STOCK)


def test_packages_are_pinned_and_name_no_registry():
    lock = json.loads((node.LOCK).read_text())
    named = json.loads((node.PROJECT / "package.json").read_text())
    for package, version in {**named["dependencies"], **named["devDependencies"]}.items():
        assert lock["packages"][f"node_modules/{package}"]["version"] == version
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_a_machine_without_node_gets_pypis(monkeypatch, tmp_path):
    installed = []
    monkeypatch.setattr(node.environment, "install", lambda extra, **_: installed.append(extra))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node._path().startswith(str(node.environment.PYTHON.parent))
    assert installed == ["node"]
