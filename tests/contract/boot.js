// Starts Python as web/embed.js does, and runs every check; window.visitor.outcomes has the answers.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const archive = async (name) => (await fetch(name)).arrayBuffer();
try {
  const pyodide = await loadPyodide({
    indexURL: new URL("pyodide/", location).href,
    stdout: visitor.hear("stdout"),
    stderr: visitor.hear("stderr"),
  });
  visitor.python = pyodide;
  pyodide.unpackArchive(await archive("widget.whl"), "wheel");
  pyodide.unpackArchive(await archive("tests.zip"), "zip");
  await pyodide.pyimport("tests.contract.page_stand").run_all();
  visitor.done = true;
} catch (error) {
  visitor.done = `${error}\n${error.stack}`;
}
