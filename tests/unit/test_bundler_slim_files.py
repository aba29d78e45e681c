"""The slim runtime's other steps: editing Pyodide's JavaScript, compiling the library, encoding the snapshot."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import zipfile

import pytest

from bundler.machine import node
from bundler.machine.errors import BuildError
from bundler.slim import build, cold, javascript, library, parts, snapshot, strings, wasm
from bundler.slim.wasm import MEMORY, Import, Module

pytestmark = pytest.mark.builds

COLD_FILE = cold.emit(Module(imports=[Import("$", "memory", MEMORY, b"\0\1")]), [])
SNAPSHOT_JS = build.RUNTIME / "snapshot.js"


@pytest.fixture(scope="module")
def text():
    """Pyodide's JavaScript, formatted by esbuild."""
    node.install_packages()
    return node.run("esbuild/bin/esbuild", library.PYODIDE / "pyodide.asm.mjs", failure="It is broken.")


def edited(text):
    needed = javascript.needed_exports(text)
    return javascript.edit(text, needed, {"unused"})


ANCHORS = [
    *javascript._NO_LINKING,
    *javascript._NO_GRAPHICS,
    *parts.START,
    *((f"  var {name} = {{", "") for name in parts.NAMES),
    javascript._SHARED_MEMORY,
    javascript._OWN_FRAMES,
    javascript._EXPECTED,
    javascript._TRAMPOLINE,
    javascript._CONSTRUCTORS,
    (javascript._FINALIZE, ""),
]


@pytest.mark.parametrize("anchor", [anchor for anchor, _ in ANCHORS], ids=range(len(ANCHORS)))
def test_a_missing_or_repeated_anchor_fails_the_build_with_its_name(text, anchor):
    line = anchor.strip().splitlines()[0][:40]
    with pytest.raises(BuildError, match="is not what bundler/slim/ expects") as error:
        edited(text.replace(anchor, ""))
    assert line in str(error.value)
    with pytest.raises(BuildError):
        edited(text.replace(anchor, anchor * 2))


def test_reading_something_of_a_part_that_was_left_out_is_an_error_with_its_name(text):
    result = edited(text)
    for name in parts.NAMES:
        assert result.count(f'throw new Error("{name} is not part of this Python runtime");') == 1


def test_the_edited_text_is_javascript_without_the_removed_parts(text, tmp_path):
    result = edited(text)
    (tmp_path / "edited.mjs").write_text(result, encoding="utf-8")
    small = node.run("esbuild/bin/esbuild", tmp_path / "edited.mjs", "--minify", failure="It is broken.")
    assert len(result) < 0.9 * len(text)
    for part in ("loadDylibs();", "  registerWasmPlugin();\n", "GOTProxyHandler"):
        assert part in text
        assert part not in result
    assert ".pause()" in small


STRINGS = r"""
const Module = {};
const texts = ["", "a", "\xe9".repeat(9001), "\u6f22\ud83d".repeat(4096), "\udc00\ud83d\udc00".repeat(3000),
  "\u{1f642}\u00e9\ud800".repeat(5000)];
const codes = { 1: (c) => c <= 0xff, 2: (c) => c <= 0xffff, 4: () => true };
const results = [];
for (const text of texts) {
  const units = Array.from({ length: text.length }, (_, n) => text.charCodeAt(n));
  const points = Array.from(text, (letter) => letter.codePointAt());
  for (const [width, fits] of Object.entries(codes)) {
    const letters = width === "4" ? points : units;
    if (!letters.every(fits)) continue;
    const at = 24;
    const memory = new ArrayBuffer(at + 4 * letters.length);
    [HEAPU8, HEAPU16, HEAPU32] = [new Uint8Array(memory), new Uint16Array(memory), new Uint32Array(memory)];
    ({ 1: HEAPU8, 2: HEAPU16, 4: HEAPU32 })[width].set(letters, at / width);
    results.push(convert[width](at, letters.length) === text);
  }
}
console.log(JSON.stringify(results));
"""


@pytest.mark.parametrize("change", [str, strings.edit])
def test_the_edited_conversions_of_texts_give_the_same_results(text, change, tmp_path):
    text = change(text)
    functions = []
    for width in (1, 2, 4):
        start = text.index(f"function _python2js_ucs{width}(")
        functions.append(text[start : text.index("\n  }\n", start)] + "\n}")
    names = "{1: _python2js_ucs1, 2: _python2js_ucs2, 4: _python2js_ucs4}"
    script = tmp_path / "strings.mjs"
    head = "let HEAPU8, HEAPU16, HEAPU32;"
    script.write_text("\n".join([head, *functions, f"const convert = {names};", STRINGS]), encoding="utf-8")
    results = json.loads(node.run(script, failure="It is broken."))
    assert len(results) == 3 * 3 + 3 * 2  # for each text, the widths that can hold it
    assert all(results)


def test_a_changed_conversion_of_texts_fails_the_build(text):
    with pytest.raises(BuildError, match=r"slim/strings\.py expects: it has 2 of 3"):
        strings.edit(text.replace("jsstr += String.fromCodePoint(", "jsstr += fromCodePoint("))


def test_few_exports_are_needed(text):
    needed = javascript.needed_exports(text)
    assert {"memory", "malloc", "run_main", "__indirect_function_table"} <= needed
    every = [export.name for export in wasm.parse((library.PYODIDE / "pyodide.asm.wasm").read_bytes()).exports]
    assert needed <= set(every)
    assert len(needed) < len(every) / 10


def module_names(archive):
    return set(zipfile.ZipFile(io.BytesIO(archive)).namelist())


def test_the_same_sources_give_the_same_zip():
    files = {"b.py": b"2", "a.py": b"1"}
    assert library._zip(files) == library._zip(dict(reversed(files.items())))


def test_the_library_is_compiled_and_has_no_tests():
    names = zipfile.ZipFile(build.build() / "stdlib.zip").namelist()
    assert {"json/__init__.pyc", "asyncio/tasks.pyc", "_pyodide/_jsbind.pyc", "sitecustomize.pyc"} <= set(names)
    assert [name for name in names if not name.endswith(".pyc") or name.startswith(("test/", "idlelib/"))] == []


def test_a_changed_original_of_a_replaced_module_fails_the_build(monkeypatch):
    monkeypatch.setitem(library._REPLACED, "asyncio/__init__.py", "0" * 64)
    with pytest.raises(BuildError, match=r"asyncio/__init__\.py is not the one that"):
        library._standard_library()


def restored(encoded, size, tmp_path):
    """The state and the memory that the page's own code restores from a snapshot."""
    source, target = tmp_path / "snapshot.bin", tmp_path / "memory.bin"
    source.write_bytes(encoded)
    (tmp_path / "snapshot.mjs").write_text(SNAPSHOT_JS.read_text(encoding="utf-8"), encoding="utf-8")
    script = tmp_path / "restore.mjs"
    script.write_text(
        f"""
        import {{ readFileSync, writeFileSync }} from "node:fs";
        import {{ restore }} from "./snapshot.mjs";
        const file = new Uint8Array(readFileSync({json.dumps(str(source))}));
        const memory = new Uint8Array({size});
        console.log(JSON.stringify(restore(file.buffer, memory)[0]));
        writeFileSync({json.dumps(str(target))}, memory);
        """,
        encoding="utf-8",
    )
    state = json.loads(node.run(script, failure="It could not be restored."))
    return state, target.read_bytes()


def sparse(size, seed):
    chance = random.Random(seed)
    memory = bytearray(size)
    while chance.random() < 0.98:
        start = chance.randrange(size)
        memory[start : start + 50] = bytes(chance.randrange(256) for _ in range(50))[: size - start]
    return bytes(memory[:size])


@pytest.mark.parametrize("memory", [b"", bytes(64), b"\1", bytes(17) + b"\1" + bytes(16) + b"\2" + bytes(15) + b"\3",
                                    *(sparse(5000, seed) for seed in range(5))])  # fmt: skip
def test_a_snapshot_is_restored_byte_by_byte(memory, tmp_path):
    state = {"hiwireKeys": [1, "é"]}
    encoded = snapshot.encode(memory, json.dumps(state).encode())
    assert restored(encoded, len(memory), tmp_path) == (state, memory)


def test_ranges_of_another_file_are_zeros_in_the_snapshot(tmp_path):
    memory = bytes(range(1, 201))
    _, result = restored(snapshot.encode(memory, b"{}", [(50, 100)]), len(memory), tmp_path)
    assert result == memory[:50] + bytes(50) + memory[100:]


def run(script, tmp_path):
    """The output of a script in Node.js that imports modules of web/runtime/."""
    for path in build.RUNTIME.glob("*.js"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "script.js").write_text(script, encoding="utf-8")
    return node.run(tmp_path / "script.js", failure="It did not run.")


def test_the_hash_is_sha_256(tmp_path):
    contents = [random.Random(size).randbytes(size) for size in (0, 1, 55, 56, 63, 64, 65, 119, 120, 10_000)]
    output = run(
        f"""
        import {{ sha256 }} from "./sha256.js";
        for (const content of {[list(content) for content in contents]}) {{
          console.log(Buffer.from(sha256(Uint8Array.from(content))).toString("hex"));
        }}
        """,
        tmp_path,
    )
    assert output.split() == [hashlib.sha256(content).hexdigest() for content in contents]


@pytest.mark.parametrize(("content", "is_run"), [(COLD_FILE, True), (COLD_FILE + b"\0\1\0", False)])
def test_synchronously_loaded_cold_code_is_checked_too(content, is_run, tmp_path):
    built = base64.b64encode(hashlib.sha256(COLD_FILE).digest()).decode()
    output = run(
        f"""
        import {{ coldCode }} from "./cold.js";
        globalThis.XMLHttpRequest = class {{
          open() {{}}
          overrideMimeType() {{}}
          send() {{ this.responseText = String.fromCharCode(...{list(content)}); }}
        }};
        const memory = new WebAssembly.Memory({{ initial: 1 }});
        const instance = {{ exports: {{ memory, $loaded: {{ value: 0 }} }} }};
        const cold = coldCode({{ url: "cold.bin", integrity: "sha256-{built}" }});
        cold.connect(instance, {{}});
        try {{ cold.loadNow() }} catch (error) {{ console.log(error.message) }}
        console.log(instance.exports.$loaded.value);
        """,
        tmp_path,
    )
    assert output.split("\n")[:-1] == (["1"] if is_run else ["cold.bin is not what was built", "0"])


def test_changed_sources_change_the_digest(monkeypatch, tmp_path):
    before = build.digest()
    monkeypatch.setattr(build, "RUNTIME", tmp_path)
    assert build.digest() != before
