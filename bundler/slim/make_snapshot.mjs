// node make_snapshot.mjs DIRECTORY: boots the Python in it, imports the package and writes Python's memory.
//
// Input: pyodide.asm.mjs, python.wasm, stdlib.zip, package.zip. Output: memory.bin; functions.json with the addresses of
// Python's functions in the memory; anchors.json with the addresses of some objects; state.json with the JavaScript
// objects that Python holds, which web/runtime/slim.js creates again.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const directory = process.argv[2];
const read = (name) => readFileSync(`${directory}/${name}`);
const { default: createModule } = await import(pathToFileURL(`${directory}/pyodide.asm.mjs`));

// A fixed clock and random zeros: the same sources give the same memory. In the page Python reads both again.
const zero = () => 0;
const without = (object, name, value) => Object.defineProperty(object, name, { value });
without(Date, "now", zero);
without(performance, "now", zero);
without(crypto, "getRandomValues", (array) => array.fill(0));

const marker = Symbol("error marker");
const STDLIB = "/lib/python314.zip";
let instance;
const API = {
  config: { jsglobals: globalThis, packages: [], _makeSnapshot: true, BUILD_ID: "0".repeat(64) },
  runtimeEnv: { IN_NODE: true, IN_NODE_ESM: true },
  pause: () => {},
  construct: (run) => run(),
};
const Module = await createModule({
  API,
  arguments: [],
  thisProgram: "python", // the default is a path of this machine
  preRun: [
    (module) => {
      module.FS.mkdirTree("/lib/python3.14/site-packages");
      module.FS.writeFile(STDLIB, read("stdlib.zip"));
      module.FS.mkdirTree("/home/pyodide");
      module.FS.chdir("/home/pyodide");
      // The hash seed cannot be secret, since every visitor gets this memory; 0 makes the build reproducible.
      // PYTHONINSPECT, as in Pyodide, keeps Python running after its main.
      Object.assign(module.ENV, { HOME: "/home/pyodide", LANG: "en_US.UTF-8", PYTHONINSPECT: "1", PYTHONHASHSEED: "0" });
      module.ENV.PYTHON_FROZEN_MODULES = "off"; // they have docstrings; the library has none
      API.pyVersionTuple = [3, 14, 0];
      API.sitePackages = "/lib/python3.14/site-packages";
    },
  ],
  instantiateWasm(imports, receive) {
    imports.env.Jsv_GetError_import = () => marker;
    imports.env.JsvError_Check = (value) => value === marker;
    WebAssembly.instantiate(read("python.wasm"), imports).then((made) => {
      instance = made.instance;
      receive(instance, made.module);
    });
    return {};
  },
});
const python = await API.finalizeBootstrap();
python.FS.writeFile("/package.zip", read("package.zip"));
API.sys.path.insert(0, "/package.zip");
API.importlib.import_module("tresta_snapshot");
for (const name of ["functions.json", "anchors.json"]) {
  writeFileSync(`${directory}/${name}`, python.FS.readFile(`/${name}`));
  python.FS.unlink(`/${name}`);
}
zeroFreeMemory(instance.exports);
writeFileSync(`${directory}/state.json`, JSON.stringify(API.serializeHiwireState()));
writeFileSync(`${directory}/memory.bin`, Module.HEAPU8.slice(0, instance.exports.sbrk(0) >>> 0));
process.exit(0);

// Fills free memory with zeros, which compress to nothing: allocates it, clears it and frees it again.
function zeroFreeMemory({ memory, sbrk, malloc, free, emscripten_stack_get_current, emscripten_stack_get_end }) {
  const end = sbrk(0) >>> 0;
  const clear = (from, to) => new Uint8Array(memory.buffer).fill(0, from >>> 0, to >>> 0);
  clear(emscripten_stack_get_end(), emscripten_stack_get_current());
  const taken = [];
  for (let size = 1 << 20; size >= 16; size = Math.floor(size * 0.8) & ~7) {
    for (;;) {
      const block = malloc(size) >>> 0;
      if (block + size > end) {
        free(block); // no free block of this size is left
        break;
      }
      taken.push(block);
      clear(block, block + size);
    }
  }
  taken.forEach(free);
}
