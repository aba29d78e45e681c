"""Records the profiles: runs the browser tests on a runtime that marks the functions it calls.

`record` starts pytest with this module as a plugin. The plugin receives the marks of every page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from ..browsers import webkit
from ..machine import node
from ..machine.environment import ROOT
from ..machine.errors import BuildError
from . import build, functions, profile

_MARKS = """(([url, resumes]) => {
  const original = WebAssembly.instantiate;
  let marks = [], memory;
  WebAssembly.instantiate = async (...args) => {
    const result = await original.apply(WebAssembly, args);
    if (result.exports?.$p0) {
      memory = result.exports.memory;
      marks = Object.entries(result.exports).filter(([name]) => /^[$]p[0-9]+$/.test(name));
    }
    return result;
  };
  const report = () => {
    const code = marks.filter(([, mark]) => mark.value).map(([name]) => Number(name.slice(2)));
    if (!code.length) return;
    const bytes = new Uint8Array(memory.buffer);
    const isUp = resumes.some((place) => bytes[place]); // before that, the memory is empty
    const python = [...resumes.keys()].filter((n) => isUp && bytes[resumes[n]] !== RESUME);
    navigator.sendBeacon(url, JSON.stringify({ code, python }));
  };
  setInterval(report, 500);
  addEventListener("pagehide", report);
})"""
_code, _python = set[int](), set[int]()  # function numbers of the module, and indices of functions.read()
_OUTPUT = "TRESTA_PROFILE"  # the environment variable with the path of the file that the plugin writes

# The tests by browser engine.
_TESTS = {
    "chromium": ("tests/browser", "-k", "chromium"),
    "firefox": ("tests/browser", "-k", "firefox"),
    "webkit": ("tests/webkit",),
}


def record() -> None:
    """Record profiles.json. A failing test only records less. Raises BuildError without WebKit."""
    if not webkit.is_here():
        raise BuildError(f"The profiles need all three browser engines. {webkit.MISSING}")
    node.install_packages()
    texts, python = {}, set[str]()
    module = build.instrumented()
    names = [each.name for each in _functions()]
    for browser, tests in _TESTS.items():
        output = build.CACHE / f"profile-{browser}.json"
        output.unlink(missing_ok=True)
        subprocess.run(
            [sys.executable, "-m", "pytest", *tests, "-p", __name__, "-p", "no:xdist", "-q"],
            cwd=ROOT,
            env={**os.environ, "TRESTA_RUNTIME": "profile", _OUTPUT: str(output)},
            check=False,
        )
        called = json.loads(output.read_text())
        texts[browser] = profile.pack(called["code"], len(module.bodies))
        python |= {names[place] for place in called["python"]}
    # The package's own functions are never put to sleep.
    python = {name for name in python if not name.startswith(functions.PACKAGE)}
    profiles = {"code": profile.fingerprint(module), "browsers": texts, "python": sorted(python)}
    profile.PROFILES.write_text(json.dumps(profiles, indent=1) + "\n", encoding="utf-8")


def _functions() -> list[functions.Function]:
    return functions.read(build.build(profiling=True) / "functions.json")


def pytest_configure() -> None:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            marks = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            _code.update(marks["code"])
            _python.update(marks["python"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Logs nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url, resumes = f"http://127.0.0.1:{server.server_address[1]}/", [each.resume for each in _functions()]
    script = f"{_MARKS.replace('RESUME', str(functions.RESUME))}({json.dumps([url, resumes])})"
    new_context, goto = Browser.new_context, webkit.WebDriverPage.goto

    def marking_context(self: Browser, **options: Any) -> BrowserContext:
        context = new_context(self, **options)
        context.add_init_script(script)
        return context

    def marking_goto(self: webkit.WebDriverPage, url: str) -> object:
        result = goto(self, url)
        self.evaluate(script)  # early enough: the WebKit tests add their tags later
        return result

    Browser.new_context = marking_context  # type: ignore[method-assign]
    webkit.WebDriverPage.goto = marking_goto  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    Path(os.environ[_OUTPUT]).write_text(json.dumps({"code": sorted(_code), "python": sorted(_python)}))
