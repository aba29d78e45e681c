// Starts Python from its memory snapshot, which was taken after all imports.
//
// bundler/slim/ builds the files: the WebAssembly has the code that runs at every visit, `cold` has the rest.
import createModule from "pyodide.asm.mjs";
import { coldCode } from "./cold.js";
import { derive } from "./derived.js";
import { pause } from "./pause.js";
import { restore } from "./snapshot.js";

const ignore = () => {};

// `python` is a WebAssembly.Module, `snapshot` a list of ArrayBuffers; all may be promises. `cold` is the argument of
// coldCode.
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
      // The snapshot contains no tables: add the two entries that Python's constructors had made in one.
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
          code.connect(instance, imports);
          const { buffer } = instance.exports.memory;
          let ranges;
          for (const part of snapshot) {
            const bytes = await part;
            await pause();
            [state, ranges] = restore(bytes, new Uint8Array(buffer));
          }
          for (const step of derive(buffer, ranges, state.derived)) {
            await pause();
            step();
          }
          await pause();
          receive(instance, compiled);
        })
        .catch(reject); // without it, createModule would never settle
      return {};
    };
    const settings = { API, instantiateWasm, preRun: [], noInitialRun: true, print: ignore, printErr: ignore };
    createModule(settings).then(resolve, reject);
  });
  API.setTrampoline();
  await pause();
  await API.finalizeBootstrap(state.hiwire);
  return { importModule: API.importlib.import_module, loadCold: code.load, instance };
};
