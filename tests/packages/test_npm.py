"""The npm package as a file: what is in it, that it is always the same, and that it installs without a network."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tarfile

import pytest

from bundler.build import dist, wheel
from bundler.machine.errors import BuildError
from bundler.packages import npm
from server.config import DEFAULT_CDN
from tests.packages.conftest import NO_REGISTRY

FILES = {
    "LICENSE",
    "README.md",
    "index.d.ts",
    "index.js",
    "package.json",
    "react.d.ts",
    "react.js",
    "release.js",
}


def read(tgz, name):
    with tarfile.open(tgz) as archive:
        content = archive.extractfile(f"package/{name}")
        assert content is not None
        return content.read().decode()


def test_it_holds_the_sources_and_the_license_and_nothing_else(tgz):
    with tarfile.open(tgz) as archive:
        assert {member.name.removeprefix("package/") for member in archive.getmembers()} == FILES
    assert tgz.name == f"tresta-widget-{wheel.version()}.tgz"
    assert read(tgz, "LICENSE").startswith("MIT License")


def test_it_has_the_projects_version_and_no_dependency(tgz):
    package = json.loads(read(tgz, "package.json"))
    assert package["version"] == wheel.version()
    assert (package["license"], package["type"], package["sideEffects"]) == ("MIT", "module", False)
    assert "dependencies" not in package
    assert "scripts" not in package  # nothing runs where somebody installs it


def test_it_names_the_embed_script_by_an_address_whose_bytes_never_change(tgz):
    release = read(tgz, "release.js")
    (name,) = re.findall(r'EMBED_URL = "https://cdn\.tresta\.app/(embed-[0-9a-f]{10}\.js)"', release)
    content = (dist.DIST / name).read_bytes()
    assert content == (dist.DIST / "embed.js").read_bytes()
    assert name[6:16] == hashlib.sha256(content).hexdigest()[:10]
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    assert f'EMBED_INTEGRITY = "sha384-{digest}"' in release
    assert name in [entry["url"] for entry in json.loads((dist.DIST / "manifest.json").read_text())]


def test_its_cdn_is_the_default_of_the_servers_embed_code():
    assert npm.CDN_URL == DEFAULT_CDN


def test_the_same_sources_give_the_same_bytes_whatever_the_umask_and_without_a_network(tgz, tmp_path, monkeypatch):
    monkeypatch.setenv("npm_config_registry", NO_REGISTRY)
    before = os.umask(0o077)
    try:
        again = npm.build(dist.DIST, tmp_path / "packages", wheel.version())
    finally:
        os.umask(before)
    assert again == tmp_path / "packages" / tgz.name
    assert again.read_bytes() == tgz.read_bytes()


def test_without_a_built_dist_it_says_what_to_run(tmp_path):
    with pytest.raises(BuildError, match=r"embed-HASH\.js: run python3 build\.py bundle"):
        npm.build(tmp_path, tmp_path / "packages", "0.1.0")
    assert list((tmp_path / "packages").iterdir()) == []


def test_a_server_can_import_it_and_is_told_that_it_has_no_page(run_node):
    script = """
      import { EMBED_URL, loadTresta } from "tresta-widget";
      const message = await loadTresta().catch((error) => error.message);
      console.log(JSON.stringify([EMBED_URL.slice(0, 8), message, Object.keys(globalThis).includes("Tresta")]));
    """
    done = run_node("--input-type=module", "--eval", script)
    assert done.returncode == 0, done.stderr
    message = "Tresta needs a page: call loadTresta in a browser, such as in an effect, and not on a server."
    assert json.loads(done.stdout) == ["https://", message, False]


def test_a_server_draws_the_react_component_as_an_empty_place_of_its_height(run_node):
    script = """
      import { createElement } from "react";
      import { renderToString } from "react-dom/server";
      import { TrestaWidget } from "tresta-widget/react";
      console.log(renderToString(createElement(TrestaWidget, { widgetId: "w1", className: "own" })));
    """
    done = run_node("--input-type=module", "--eval", script)
    assert done.stdout.strip() == '<div id="tresta-widget-w1" class="own" style="min-height:360px"></div>', done.stderr
