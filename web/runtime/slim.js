// Python from its memory snapshot: the interpreter as it was once everything it needs had been imported.
//
// bundler/slim/ makes the files: the WebAssembly holds the code that runs at every visit, `cold` the rest of it.
import createModule from "pyodide.asm.mjs";
import { coldCode } from "./cold.js";
import { pause } from "./pause.js";
import { restore } from "./snapshot.js";

const silent = () => {};

// `python` is a WebAssembly.Module, `snapshot` a list of ArrayBuffers, all of them or promises of them; `cold` is coldCode's.
// Resolves to { importModule, loadCold, instance }.
export const boot = async ({ python, snapshot, cold }) => {
  const code = coldCode(cold);
  let instance, env, state;
  const API = {
    config: { jsglobals: globalThis, packages: [], enableRunUntilComplete: true },
    runtimeEnv: { IN_BROWSER: true, IN_BROWSER_MAIN_THREAD: true },
    pause,
    construct() {
      const { exports } = instance;
      // A table is no memory: the two entries that Python's constructors made in it before the snapshot.
      exports._hiwire_immortal_add(null);
      exports._hiwire_immortal_add(env.__hiwire_deduplicate_new());
    },
  };
  await pause();
  await new Promise((resolve, reject) => {
    const instantiateWasm = (imports, receive) => {
      const marker = Symbol("error marker");
      env = imports.env;
      env.Jsv_GetError_import = () => marker;
      env.JsvError_Check = (value) => value === marker;
      env.load_cold = code.loadNow;
      Promise.resolve(python)
        .then(async (compiled) => {
          instance = await WebAssembly.instantiate(compiled, imports);
          code.belongsTo(instance, imports);
          for (const part of snapshot) {
            const bytes = await part;
            await pause();
            state = restore(bytes, new Uint8Array(instance.exports.memory.buffer));
          }
          await pause();
          receive(instance, compiled);
        })
        .catch(reject); // createModule would wait for ever
      return {};
    };
    const settings = { API, instantiateWasm, preRun: [], noInitialRun: true, print: silent, printErr: silent };
    createModule(settings).then(resolve, reject);
  });
  API.setTrampoline();
  await pause();
  await API.finalizeBootstrap(state);
  return { importModule: API.importlib.import_module, loadCold: code.load, instance };
};
