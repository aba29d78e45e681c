// node check_derived.mjs DERIVED.JS MARKED COMPLETE PARAMETERS: fails unless the page's code makes the one of the other.
import { copyFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , source, marked, complete, parameters] = process.argv;
const module = join(dirname(marked), "derived.mjs"); // by its suffix Node.js knows that it is a module
copyFileSync(source, module);
const { derive } = await import(pathToFileURL(module));
const memory = new Uint8Array(readFileSync(marked)).buffer;
for (const step of derive(memory, [[0, memory.byteLength / 4]], JSON.parse(parameters))) step();
if (Buffer.compare(Buffer.from(memory), readFileSync(complete))) {
  console.error("web/runtime/derived.js computes other words than bundler/slim/derived.py left out.");
  process.exit(1);
}
