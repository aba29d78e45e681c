"""The parts of dist/: the wheel, the loader, the compressed copies and the size budgets."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import zipfile

import brotli
import pytest

from bundler.build import budget, compression, dist, loader, runtimes, wheel
from bundler.machine import environment, node
from bundler.machine.errors import BuildError
from widget.design import NAMES

pytestmark = pytest.mark.builds

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


def test_the_loader_is_small_and_names_the_files_of_this_build(built):
    text, (boot,) = (built / "embed.js").read_text(), built.glob("boot-*.js")
    assert boot.name in text
    assert f"sha256-{base64.b64encode(hashlib.sha256(boot.read_bytes()).digest()).decode()}" in text
    assert wheel.name() in boot.read_text()
    assert "__" not in text + boot.read_text()
    assert len(text) < sum(path.stat().st_size for path in loader.sources()) / 2


def test_what_the_loader_shares_with_other_files_keeps_its_names():
    others = "".join((loader.WEB / name).read_text() for name in ("boot.js", "loader/carousel.js"))
    assert re.findall(rf"(?:(?<!\.)\.|\{{ )(?:{'|'.join(loader.OWN_PROPERTIES)})\b", others) == []


def test_the_loader_has_a_copy_whose_bytes_never_change(built):
    content = (built / "embed.js").read_bytes()
    pinned = built / f"embed-{hashlib.sha256(content).hexdigest()[:10]}.js"
    assert list(built.glob("embed-*.js")) == [pinned]
    assert pinned.read_bytes() == content
    assert pinned.name in {entry["url"] for entry in json.loads((built / "manifest.json").read_text())}


def test_the_loader_sends_every_attribute_of_the_design_and_no_other():
    (pattern,) = re.findall(r"if \(/(.+)/\.test\(name\)\)", (loader.WEB / "loader" / "content.js").read_text())
    sent = {name for name in ATTRIBUTES if re.fullmatch(pattern, f"data-{name}")}
    assert sent == {name.replace("_", "-") for name in NAMES}


@pytest.mark.parametrize("text", ["f('__WHEEL__', '__NOBODY__')", "f()"])
def test_a_placeholder_without_a_value_or_a_value_without_a_placeholder_fails_the_build(text):
    with pytest.raises(BuildError, match=r"__NOBODY__|__WHEEL__"):
        loader._fill(text, {"__WHEEL__": "w.whl"})


def test_a_loader_over_its_budget_fails_the_build(tmp_path, built):
    budget.check(built)
    (tmp_path / "embed.js").write_text(", ".join(str(number**3) for number in range(2000)))
    compression.compress_all(tmp_path)
    with pytest.raises(BuildError, match=r"embed\.js is \d+ bytes in brotli, \d+ over its budget of \d+"):
        budget.check(tmp_path)


def test_compressible_files_have_compressed_copies(built):
    content = (built / "pyodide" / "pyodide.asm.wasm").read_bytes()
    assert brotli.decompress((built / "pyodide" / "pyodide.asm.wasm.br").read_bytes()) == content
    assert gzip.decompress((built / "pyodide" / "pyodide.asm.wasm.gz").read_bytes()) == content
    assert not (built / f"{wheel.name()}.br").exists()


def test_the_same_content_is_compressed_only_once(tmp_path, monkeypatch):
    monkeypatch.setattr(compression, "CACHE", tmp_path / "cache")
    content = b"console.log(1);" * 100
    calls = []

    def compressor(content: bytes) -> bytes:
        calls.append(content)
        return content[:5]

    assert compression._cached(content, ".br", compressor) == compression._cached(content, ".br", compressor)
    assert len(calls) == 1


def test_dist_has_all_files_of_pyodide_and_pyscript(built):
    files = {path.name for path in (built / "pyodide").iterdir() if path.suffix not in compression.CODINGS}
    assert files == set(dist._PYODIDE.values())
    assert (built / "pyscript" / "core.js").exists()


def test_unchanged_sources_are_not_built_again(built, monkeypatch):
    before = (built / "embed.js").stat().st_mtime_ns
    monkeypatch.setattr(dist, "_fill", lambda *_: pytest.fail("it was built again"))
    dist.build()
    assert (built / "embed.js").stat().st_mtime_ns == before


def test_a_changed_source_changes_the_digest(monkeypatch):
    before = dist._digest(runtimes.SLIM)
    monkeypatch.setattr(loader, "WEB", environment.ROOT / "web" / "npm")
    assert dist._digest(runtimes.SLIM) != before != dist._digest(runtimes.STOCK)


def test_npm_packages_are_pinned_and_name_no_registry():
    lock = json.loads((node.LOCK).read_text())
    project = json.loads((node.PROJECT / "package.json").read_text())
    for package, version in {**project["dependencies"], **project["devDependencies"]}.items():
        assert lock["packages"][f"node_modules/{package}"]["version"] == version
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_a_machine_without_node_gets_node_from_pypi(monkeypatch, tmp_path):
    installed = []
    monkeypatch.setattr(environment, "install", lambda extra, **_: installed.append(extra))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node._path().startswith(str(environment.PYTHON.parent))
    assert installed == ["node"]
