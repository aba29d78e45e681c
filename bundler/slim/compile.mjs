// node compile.mjs PYODIDE SCRIPT SOURCE.zip TARGET.zip ...: runs compile.py (SCRIPT) inside Pyodide.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, script, ...zips] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: pyodide, env: { PYTHONNODEBUGRANGES: "1" } });
python.runPython(readFileSync(script, "utf8"));
const compile = python.globals.get("compile_zip");
for (let at = 0; at < zips.length; at += 2) {
  python.FS.writeFile("/source.zip", readFileSync(zips[at]));
  writeFileSync(zips[at + 1], compile("/source.zip").toJs());
}
