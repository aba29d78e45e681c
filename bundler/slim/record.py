"""Makes the profiles: the browser tests, which go every way a visitor can, on a runtime that marks what it runs.

`record` starts pytest with this module as a plugin, which listens to what every page says when it is left.
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
  const real = WebAssembly.instantiate;
  let marks = [], memory;
  WebAssembly.instantiate = async (...args) => {
    const made = await real.apply(WebAssembly, args);
    if (made.exports?.$p0) {
      memory = made.exports.memory;
      marks = Object.entries(made.exports).filter(([name]) => /^[$]p[0-9]+$/.test(name));
    }
    return made;
  };
  const say = () => {
    const code = marks.filter(([, mark]) => mark.value).map(([name]) => Number(name.slice(2)));
    if (!code.length) return;
    const bytes = new Uint8Array(memory.buffer);
    const isUp = resumes.some((place) => bytes[place]); // before, the memory is empty
    const python = [...resumes.keys()].filter((n) => isUp && bytes[resumes[n]] !== RESUME);
    navigator.sendBeacon(url, JSON.stringify({ code, python }));
  };
  setInterval(say, 500);
  addEventListener("pagehide", say);
})"""
_code, _python = set[int](), set[int]()  # those of the module's, and the places among functions.read() of Python's
_INTO = "TRESTA_PROFILE"  # the environment's variable that names the file the plugin writes


# Which tests go an engine's ways.
_TESTS = {
    "chromium": ("tests/browser", "-k", "chromium"),
    "firefox": ("tests/browser", "-k", "firefox"),
    "webkit": ("tests/webkit",),
}


def record() -> None:
    """Write profiles.json anew; raises BuildError without WebKit. A test that fails only runs less."""
    if not webkit.is_here():
        raise BuildError(f"Each engine has a profile of its own. {webkit.MISSING}")
    node.install_packages()
    texts, python = {}, set[str]()
    module = build.instrumented()
    names = [each.name for each in _functions()]
    for browser, tests in _TESTS.items():
        into = build.CACHE / f"profile-{browser}.json"
        into.unlink(missing_ok=True)
        subprocess.run(
            [sys.executable, "-m", "pytest", *tests, "-p", __name__, "-p", "no:xdist", "-q"],
            cwd=ROOT,
            env={**os.environ, "TRESTA_RUNTIME": "profile", _INTO: str(into)},
            check=False,
        )
        called = json.loads(into.read_text())
        texts[browser] = profile.pack(called["code"], len(module.bodies))
        python |= {names[place] for place in called["python"]}
    # Ours are awake in any case.
    python = {name for name in python if not name.startswith(functions.OURS)}
    known = {"code": profile.fingerprint(module), "browsers": texts, "python": sorted(python)}
    profile.PROFILES.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def _functions() -> list[functions.Function]:
    return functions.read(build.build(profiling=True) / "functions.json")


def pytest_configure() -> None:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            _code.update(said["code"])
            _python.update(said["python"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing."""

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
        answer = goto(self, url)  # a page whose tags come later
        self.evaluate(script)
        return answer

    Browser.new_context = marking_context  # type: ignore[method-assign]
    webkit.WebDriverPage.goto = marking_goto  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    Path(os.environ[_INTO]).write_text(json.dumps({"code": sorted(_code), "python": sorted(_python)}))
