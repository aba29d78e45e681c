"""Removes from Pyodide's JavaScript what the runtime does not use: dynamic linking, graphics, sound.

The edits replace anchors in the text, which esbuild has formatted. An anchor that is missing fails the build with its
name, so that a person checks each edit after an upgrade of Pyodide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from . import parts, strings
from .anchors import missing, replace
from .exports import UNUSED

_ASSIGN_EXPORTS = "  function assignWasmExports(wasmExports2) {\n"
_ASSIGNMENT = re.compile(r' {4}([\w$]+) = (?:Module\["[^"]+"\] = |[\w$]+ = )*wasmExports2\["([^"]+)"\].*;')
_IMPORTS = "  var wasmImports = { "
_CONVERSION = re.compile(r'    wasmExports2\["(\w+)"\] = makeWrapper_\w+\(wasmExports2\["\w+"\]\);\n')
_PUBLISHED = re.compile(r'(?<=\n) *Module\["([\w$]+)"\] = [\w$]+;\n')
_IN_MODULE = re.compile(r'Module\d*(?:\.|\[")([\w$]+)')
_SIGNATURES = re.compile(r"(?<=\n)  [\w$]+\.(?:sig|isAsync|stub) = .*;\n")

# Further exports that the JavaScript needs but does not name in a way that needed_exports() finds.
_ALSO_EXPORTED = ("memory", "__indirect_function_table", "Py_Version", "__main_argc_argv", "run_main")
# What web/runtime and the functions called by Python read from the module by name.
_ALSO_PUBLISHED = (
    "FS",
    "PATH",
    "ERRNO_CODES",
    "HEAP8",
    "HEAPU8",
    "HEAPU32",
    "ENV",
    "ExitStatus",
    "_Py_Version",
    "_malloc",
    "_free",
)

_NO_LINKING = (
    (
        '      mergeLibSymbols(wasmExports, "main");\n',
        '      wasmImports["__main_argc_argv"] = wasmImports["main"] = wasmExports["__main_argc_argv"];\n',
    ),
    (
        "      var metadata2 = getDylinkMetadata(module2);\n"
        "      if (metadata2.neededDynlibs) {\n"
        "        dynamicLibraries = metadata2.neededDynlibs.concat(dynamicLibraries);\n"
        "      }\n",
        "",
    ),
    ("      updateGOT(origExports);\n      LDSO.init();\n      loadDylibs();\n", ""),
    ("updateTableMap(0, wasmTable.length);", ""),
    ("    var GOTProxyHandler = new Proxy(/* @__PURE__ */ new Set([]), GOTHandler);\n", ""),
    (', "GOT.mem": GOTProxyHandler, "GOT.func": GOTProxyHandler }', " }"),
)
_NO_GRAPHICS = (
    ("  registerWasmPlugin();\n", ""),
    ("  FS.createPreloadedFile = FS_createPreloadedFile;\n", ""),
    ("  FS.preloadFile = FS_preloadFile;\n", ""),
    ("  MainLoop.init();\n", ""),
    ("  registerPostMainLoop(() => SDL.audio?.queueNewAudioData?.());\n", ""),
    ("  for (let i2 = 0; i2 < 32; ++i2) tempFixedLengthArray.push(new Array(i2));\n", ""),
)
# Minifiers rename or remove no variable that a direct eval might see.
_DIRECT_EVAL = re.compile(r"(?<![\w.)])eval\(")

# Pyodide's part of the boot, in slices: the page's own tasks run at each API.pause(), which is web/runtime's.
_FINALIZE = """      API.finalizeBootstrap = function(t, e) {
        t && Wr();
        let [r, n] = API.rawRun("import _pyodide_core");
        r && API.fatal_loading_error(`Failed to import _pyodide_core
`, n), API.runPythonInternal_dict = API._pyodide._base.eval_code("{}"), API.importlib = API.runPythonInternal("import importlib; importlib");
        let o = API.importlib.import_module;
        API.sys = o("sys"), API.os = o("os");
        let i2 = API.runPythonInternal("import __main__; __main__.__dict__"), s2 = API.runPythonInternal("import builtins; builtins.__dict__");
        API.globals = Ro(i2, s2);
        let l = API._pyodide._importhook, u = Mo();
        API.config._makeSnapshot && (API.config.jsglobals = Ye(API.config.jsglobals));
        let d = API.config.jsglobals;
        return t ? Hr(d, t, e) : (l.register_js_finder(), l.register_js_module("js", d), l.register_js_module("pyodide_js", u), l.register_windows_finder()), API.pyodide_py = o("pyodide"), API.pyodide_code = o("pyodide.code"), API.pyodide_ffi = o("pyodide.ffi"), API.package_loader = o("pyodide._package_loader"), API.pyodide_base = o("_pyodide._base"), API.sitepackages = API.package_loader.SITE_PACKAGES.__str__(), API.dsodir = API.package_loader.DSO_DIR.__str__(), API.defaultLdLibraryPath = [API.dsodir, API.sitepackages], API.os.environ.__setitem__("LD_LIBRARY_PATH", API.defaultLdLibraryPath.join(":")), u.pyodide_py = API.pyodide_py, u.globals = API.globals, Yr(), u;
      };
"""  # noqa: E501 - esbuild's format
_FINALIZE_IN_SLICES = """      API.finalizeBootstrap = async function(t) {
        // Compiling source here would make Python's parser and compiler part of each start.
        if (t) Wr();
        else API.rawRun("import _pyodide_core");
        await API.pause();
        API.importlib = API._pyodide._importhook.sys.modules.get("importlib");
        let o = API.importlib.import_module;
        API.sys = o("sys"), API.os = o("os");
        await API.pause();
        let i2 = o("__main__").__dict__, s2 = o("builtins").__dict__;
        API.globals = Ro(i2, s2), API.runPythonInternal_dict = o("builtins").dict();
        await API.pause();
        let l = API._pyodide._importhook, u = Mo();
        API.config._makeSnapshot && (API.config.jsglobals = Ye(API.config.jsglobals));
        let d = API.config.jsglobals;
        if (t) Hr(d, t);
        else {
          l.register_js_finder();
          l.register_js_module("js", d);
          l.register_js_module("pyodide_js", u);
          l.register_windows_finder();
        }
        await API.pause();
        API.pyodide_py = o("pyodide"), API.pyodide_ffi = o("pyodide.ffi");
        u.pyodide_py = API.pyodide_py, u.globals = API.globals, Yr();
        return u;
      };
"""

# Node's standard input waits on this memory. In a page without cross-origin isolation, Chromium reports an issue about
# shared memory with its position in the code, for which V8 parses the largest functions on the stack again: 14 ms of
# each start. Atomics.wait throws there in both cases, and the exception is caught.
_SHARED_MEMORY = (
    "new Int32Array(new WebAssembly.Memory({ shared: true, initial: 1, maximum: 1 }).buffer)",
    "new Int32Array(1)",
)

# How Pyodide recognizes its own lines in a JavaScript stack; it is bundled with web/runtime into one file.
_OWN_FRAMES = ('e.includes("pyodide.asm.mjs")', 'e.includes("/runtime-")')

# The JavaScript objects that Python holds once it is up, in this order. The last is the removed package loader's.
_EXPECTED = (
    "return [null, API.config.jsglobals, API.public_api, API, me2, API, {}];",
    "return [null, API.config.jsglobals, API.public_api, API, me2, API];",
)

# The trampoline calls functions through pointers of another type. It depends on the browser, so it is made after the
# snapshot.
_TRAMPOLINE = ("addOnPreRun(function setEmscriptenTrampoline() {", "(API.setTrampoline = function() {")

# C++ constructors run once, before the snapshot, which holds their results. web/runtime/slim.js repeats what they do
# outside of the memory: entries in a table of JavaScript objects.
_CONSTRUCTORS = (
    '    wasmExports["__wasm_call_ctors"]();\n',
    '    API.construct(() => wasmExports["__wasm_call_ctors"]());\n',
)


def needed_exports(text: str) -> set[str]:
    """The names that the WebAssembly must export for this JavaScript."""
    assigned = dict(_ASSIGNMENT.fullmatch(line).groups() for line in _assignments(text) if _ASSIGNMENT.fullmatch(line))  # type: ignore[union-attr, misc]
    rest = text.replace(_assign_exports(text), "").replace(_declaration(text), "")
    words = set(re.findall(r"[A-Za-z_$][\w$]*", _SIGNATURES.sub("", rest)))
    needed = {export for variable, export in assigned.items() if variable in words}
    needed.update(re.findall(r'wasmExports\d*(?:\.|\[")([\w$]+)', _without_conversions(rest)))
    needed.update(re.findall(r'resolveGlobalSymbol\("(\w+)"\)', rest))
    return (needed | set(_ALSO_EXPORTED)) - {"main"}


def edit(text: str, exports: Collection[str], imports: Collection[str]) -> str:
    """The text for a WebAssembly with these exports and imports. Raises BuildError for a missing anchor."""
    text = _keep_exports(text, exports)
    text = _CONVERSION.sub(lambda line: line[0] if line[1] in exports else "", text)
    text = _keep_imports(text, imports)
    for anchor, replacement in (
        *_NO_LINKING,
        *_NO_GRAPHICS,
        _SHARED_MEMORY,
        _OWN_FRAMES,
        _EXPECTED,
        _TRAMPOLINE,
        _CONSTRUCTORS,
        (_FINALIZE, _FINALIZE_IN_SLICES),
    ):
        text = replace(text, anchor, replacement)
    text = _DIRECT_EVAL.sub("(0, eval)(", _SIGNATURES.sub("", strings.edit(parts.edit(text))))
    return _keep_published(text)


def _assign_exports(text: str) -> str:
    start = text.find(_ASSIGN_EXPORTS)
    if start < 0:
        raise missing(_ASSIGN_EXPORTS)
    return text[start : text.index("\n  }\n", start) + len("\n  }\n")]


def _declaration(text: str) -> str:
    """The line before _assign_exports(): the declaration of the assigned variables."""
    end = text.index(_ASSIGN_EXPORTS)
    return text[text.rindex("\n", 0, end - 1) + 1 : end]


def _assignments(text: str) -> list[str]:
    return _assign_exports(text).splitlines()[1:-1]


def _keep_exports(text: str, exports: Collection[str]) -> str:
    assignments, variables = [], ["wasmMemory", "wasmTable"]
    for line in _assignments(text):
        match = _ASSIGNMENT.fullmatch(line)
        if match is None:
            raise missing(line)
        if match[2] in exports:
            assignments.append(line)
            variables.append(match[1])
    original = _declaration(text) + _assign_exports(text)
    declaration = f"  var {', '.join(dict.fromkeys(variables))};\n"
    return replace(text, original, declaration + _ASSIGN_EXPORTS + "\n".join(assignments) + "\n  }\n")


def _keep_imports(text: str, imports: Collection[str]) -> str:
    start = text.find(_IMPORTS)
    if start < 0:
        raise missing(_IMPORTS)
    line = text[start : text.index("\n", start)]
    entries = line.removeprefix(_IMPORTS).removesuffix(" };").split(", ")
    entries = [entry for entry in entries if entry.partition(":")[0] in imports]
    return text.replace(line, _IMPORTS + ", ".join([*entries, f"{UNUSED}() {{}}"]) + " };")


def _keep_published(text: str) -> str:
    """Keep `Module["x"] = x` only for names that are read from Module."""
    read = {name for line in _unpublished(text) for name in _IN_MODULE.findall(line)} | set(_ALSO_PUBLISHED)
    text = _PUBLISHED.sub(lambda line: line[0] if line[1] in read else "", text)
    assignment = re.compile(r'(?<=\n)( {4}[\w$]+ = )Module\["([\w$]+)"\] = (?=wasmExports2)')
    return assignment.sub(lambda start: start[0] if start[2] in read else start[1], text)


def _unpublished(text: str) -> Iterator[str]:
    for line in _PUBLISHED.sub("", text).splitlines():
        yield line.partition("] = wasmExports2")[2] if _ASSIGNMENT.fullmatch(line) else line


def _without_conversions(text: str) -> str:
    return _CONVERSION.sub("", text)
