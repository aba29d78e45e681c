// node make_snapshot.mjs DIRECTORY: boots the Python in it, imports our package, and writes its memory.
//
// In: pyodide.asm.mjs, python.wasm, stdlib.zip, package.zip. Out: memory.bin; functions.json, which says where in it
// Python's functions lie; and state.json, which is what Python holds of JavaScript's objects (see web/runtime/slim.js,
// which makes them anew).
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const directory = process.argv[2];
const read = (name) => readFileSync(`${directory}/${name}`);
const { default: createModule } = await import(pathToFileURL(`${directory}/pyodide.asm.mjs`));

// The same sources give the same memory: no time passes and chance gives zeros. Python asks the page for both anew.
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
  thisProgram: "python", // else it would be a path of this machine
  preRun: [
    (module) => {
      module.FS.mkdirTree("/lib/python3.14/site-packages");
      module.FS.writeFile(STDLIB, read("stdlib.zip"));
      module.FS.mkdirTree("/home/pyodide");
      module.FS.chdir("/home/pyodide");
      // Every visitor gets this memory, so that its hash seed is no secret anyway: 0 makes the build reproducible.
      // PYTHONINSPECT, as Pyodide has it, keeps Python up once its main has run.
      Object.assign(module.ENV, { HOME: "/home/pyodide", LANG: "en_US.UTF-8", PYTHONINSPECT: "1", PYTHONHASHSEED: "0" });
      module.ENV.PYTHON_FROZEN_MODULES = "off"; // they have docstrings, those in the library not
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
writeFileSync(`${directory}/functions.json`, python.FS.readFile("/functions.json"));
python.FS.unlink("/functions.json");
zeroFreeMemory(instance.exports);
writeFileSync(`${directory}/state.json`, JSON.stringify(API.serializeHiwireState()));
writeFileSync(`${directory}/memory.bin`, Module.HEAPU8.slice(0, instance.exports.sbrk(0) >>> 0));
process.exit(0);

// What was freed still holds what it held: taken once more, filled with zeros and given back, it compresses to nothing.
function zeroFreeMemory({ memory, sbrk, malloc, free, emscripten_stack_get_current, emscripten_stack_get_end }) {
  const end = sbrk(0) >>> 0;
  const clear = (from, to) => new Uint8Array(memory.buffer).fill(0, from >>> 0, to >>> 0);
  clear(emscripten_stack_get_end(), emscripten_stack_get_current());
  const taken = [];
  for (let size = 1 << 20; size >= 16; size = Math.floor(size * 0.8) & ~7) {
    for (;;) {
      const block = malloc(size) >>> 0;
      if (block + size > end) {
        free(block); // no hole of this size is left
        break;
      }
      taken.push(block);
      clear(block, block + size);
    }
  }
  taken.forEach(free);
}
