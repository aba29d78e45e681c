// Starts the released Pyodide and runs every check. The results are in window.visitor.outcomes.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const archive = async (name) => (await fetch(name)).arrayBuffer();
try {
  const pyodide = await loadPyodide({
    indexURL: new URL("pyodide/", location).href,
    stdout: visitor.record("stdout"),
    stderr: visitor.record("stderr"),
  });
  visitor.python = pyodide;
  pyodide.unpackArchive(await archive("widget.whl"), "wheel");
  pyodide.unpackArchive(await archive("tests.zip"), "zip");
  await pyodide.pyimport("tests.contract.page_harness").run_all();
  visitor.done = true;
} catch (error) {
  visitor.done = `${error}\n${error.stack}`;
}
