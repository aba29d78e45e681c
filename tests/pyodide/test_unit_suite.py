"""The unit tests of `widget`, run by pytest inside Pyodide in a page."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bundler.build import dist
from bundler.demo import origins, ports

ROOT = Path(__file__).resolve().parents[2]
PYTEST = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")  # pytest and its dependencies, all pure Python
HOST_ONLY = (
    "test_bundler_",
    "test_console_",
    "test_house",
    "test_docs",
    "conftest",
)  # need this machine

# Starts the released Pyodide, and collects all output.
RUN = """
async ([cdn, archive, code]) => {
  const { loadPyodide } = await import(`${cdn}/pyodide/pyodide.mjs`);
  const lines = [];
  const collect = (...words) => lines.push(words.join(" "));
  // After a fatal error, such as a stack overflow, the promise never settles: only the console tells.
  const fatal = new Promise((resolve) => {
    console.error = (...words) => {
      collect(...words);
      if (String(words[0]).includes("fatal error")) setTimeout(resolve, 500, null);
    };
  });
  const pyodide = await loadPyodide({ stdout: collect, stderr: collect });
  const bytes = Uint8Array.from(atob(archive), (letter) => letter.charCodeAt(0));
  pyodide.unpackArchive(bytes, "zip", { extractDir: "/suite" });
  const result = await Promise.race([pyodide.runPythonAsync(code), fatal]);
  return [result, lines.join("\\n")];
}
"""
INSIDE = """
import json, os, sys

os.chdir("/suite")
sys.path.insert(0, "/suite")
import pytest
from widget.page.bridge import set_page

set_page(None)  # the tests create their own pages, and one needs none

class Tally:
    passed = skipped = 0

    def pytest_runtest_logreport(self, report):
        self.passed += report.when == "call" and report.passed
        self.skipped += report.skipped

tally = Tally()
# After a fatal error Python writes to stderr, but not through sys.stderr, and only `sys` does not capture that.
arguments = ["tests/unit", "-c", "pytest.ini", "--import-mode=importlib", "-q", "--color=no", "--capture=sys"]
code = pytest.main([*arguments, "-p", "no:cacheprovider"], [tally])
json.dumps({"exit_code": int(code), "passed": tally.passed, "skipped": tally.skipped, "platform": sys.platform})
"""


def suite() -> list[Path]:
    return [path for path in sorted((ROOT / "tests" / "unit").glob("*.py")) if not path.name.startswith(HOST_ONLY)]


def archive() -> bytes:
    """A ZIP of pytest, the widget with its test doubles, and the tests."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        for package in PYTEST:
            for file in files(package) or ():
                if ".." not in file.parts and "__pycache__" not in file.parts:
                    zipped.write(file.locate(), str(file))
        for path in [*sorted((ROOT / "widget").rglob("*.py")), *suite()]:
            zipped.write(path, str(path.relative_to(ROOT)))
        zipped.writestr("pytest.ini", "[pytest]\n")
    return content.getvalue()


def count_tests() -> int:
    """How many tests pytest collects from the same files outside Pyodide."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--no-header", *map(str, suite())]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sum("::" in line for line in output.splitlines())


@pytest.fixture
def cdn() -> Iterator[str]:
    with ports.listen(0, "CDN") as listener, origins.running(origins.cdn(dist.build()), listener):
        yield origins.url(listener)


def test_every_unit_test_of_the_widget_passes_inside_pyodide(cdn: str, launched: Callable[[str], Browser]):
    page = launched("chromium").new_page()
    try:
        page.goto(f"{cdn}/pyodide/pyodide.mjs")  # any page of the CDN's origin
        result, output = page.evaluate(RUN, [cdn, base64.b64encode(archive()).decode(), INSIDE])
    finally:
        page.close()
    output = "\n".join(line for line in output.splitlines() if line.strip(". "))[-6000:]  # without the dots
    assert result is not None, f"Python crashed inside Pyodide:\n{output}"
    inside = json.loads(result)
    assert inside["platform"] == "emscripten"
    assert inside["exit_code"] == 0, f"inside Pyodide:\n{output}"
    assert inside["skipped"] <= 2, "the two bodies that a page cannot parse"
    assert inside["passed"] + inside["skipped"] == count_tests() > 0, output
