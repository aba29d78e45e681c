"""Pages whose window.runSnippet(code) runs a snippet of the corpus, by kind of runtime."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bundler.machine import node
from bundler.slim import build as slim
from bundler.slim import cold
from bundler.slim.cut import CUTS

RUNNER = (Path(__file__).parent / "runner.py").read_text(encoding="utf-8")
BOOT_WITHIN_MS = 60_000

# The slim runtime has only the modules that the widget needs. Here it gets the whole library, at its path of the build.
_SLIM = """
  const start = async (cold) => {
    const { boot } = await import("/slim/runtime.js");
    const python = await WebAssembly.compileStreaming(fetch("/slim/python.wasm"));
    const part = (name) => fetch(`/slim/snapshot-${name}.bin`).then((answer) => answer.arrayBuffer());
    const snapshot = [part("data"), part("heap")];
    const url = `${location.origin}/slim/${cold}`;
    const bytes = () => fetch(url).then((answer) => answer.arrayBuffer());
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await bytes()));
    const integrity = `sha256-${btoa(String.fromCharCode(...hash))}`;
    return boot({ python, snapshot, cold: { url, integrity, bytes } });
  };
  const run = async ({ importModule, instance }, runner) => {
    window.pythonMemory = instance.exports.memory.buffer.byteLength; // right after the start
    const [builtins, os, sys] = ["builtins", "os", "sys"].map((name) => importModule(name));
    const zip = new Uint8Array(await (await fetch("/slim/stdlib.zip")).arrayBuffer());
    os.makedirs("/lib/python3.14/site-packages");
    const file = builtins.open("/lib/python314.zip", "wb");
    builtins.getattr(zip, "to_file")(file);
    file.close();
    sys.path.append("/lib/python314.zip");
    const names = builtins.dict();
    builtins.exec(runner, names);
    window.runSnippet = names.get("run_snippet");
  };
  const complete = async (python, runner) => {
    await python.loadCold();
    await run(python, runner);
  };
  const overwrite = async ({ instance }) => {
    const memory = new Uint8Array(instance.exports.memory.buffer);
    for (const [from, to] of await (await fetch("/slim/cut.json")).json()) {
      const isCut = memory.subarray(from, to).every((byte) => !byte); // else the cold part puts another value there
      if (isCut) memory.fill(0xaa, from, to);
    }
  };
  const poisoned = async (python, runner) => {
    await overwrite(python);
    await run(python, runner);
  };
"""

# The script that defines window.runSnippet, by kind of page; its argument is the text of runner.py.
# "stock" is the released Pyodide. Output on its own streams is ignored.
BOOT = {
    "stock": """
        async (runner) => {
          const { loadPyodide } = await import("/stock/pyodide.mjs");
          const pyodide = await loadPyodide({ stdout: () => {}, stderr: () => {} });
          const names = pyodide.globals.get("dict")();
          pyodide.runPython(runner, { globals: names });
          window.runSnippet = names.get("run_snippet");
        }
    """,
    # The slim runtime after its start: window.python is the result of boot, and there is no window.runSnippet.
    "slim-bare": f"async () => {{ {_SLIM} window.python = await start('cold.bin'); }}",
    # The same with the data of the cold part overwritten with 0xAA.
    "slim-bare-poisoned": f"""async () => {{
      {_SLIM}
      window.python = await start('cold.bin');
      await overwrite(python);
    }}""",
    # The slim runtime without its cold part, which is loaded when a snippet is compiled.
    "slim": f"async (runner) => {{ {_SLIM} await run(await start('cold.bin'), runner); }}",
    "slim-cold": f"async (runner) => {{ {_SLIM} await complete(await start('cold.bin'), runner); }}",
    # The cut data is overwritten with 0xAA for good: this cold part restores only texts. A snippet with the stock
    # outcome reads no other cut data, and no text before the cold part is loaded.
    "slim-poisoned": f"async (runner) => {{ {_SLIM} await poisoned(await start('cold-with-texts.bin'), runner); }}",
}


def origin(directory: Path) -> Starlette:
    """The origin with the files that the pages boot from. The slim runtime's files are copied into `directory`."""
    for name in (*slim.FILES.values(), "stdlib.zip"):
        shutil.copy(slim.build() / name, directory)
    code, data = cold.parse((directory / slim.FILES["cold"]).read_bytes())
    ranges = [[each.address, each.address + len(each.content)] for each in data]
    (directory / "cut.json").write_text(json.dumps(ranges), encoding="utf-8")
    texts = [each for each in data if each.address not in {cut.start for cut in CUTS}]
    (directory / "cold-with-texts.bin").write_bytes(cold.emit(code, texts))
    stock = StaticFiles(directory=node.MODULES / "pyodide")
    return Starlette(routes=[Mount("/stock", stock), Mount("/slim", StaticFiles(directory=directory))])


@contextmanager
def open_page(browser: Browser, url: str, kind: str) -> Iterator[Page]:
    """A fresh page of this kind on the origin at `url`, with the function `window.runSnippet(code)`."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.set_default_timeout(BOOT_WITHIN_MS)
        page.goto(f"{url}/stock/package.json")  # any page of this origin
        page.evaluate(BOOT[kind], RUNNER)
        yield page
    finally:
        context.close()
