// The cold code, which does not run at every visit. It loads when the page is idle, or at once when it is called.
import { sha256 } from "./sha256.js";

// Its file has two WebAssembly modules, the code's and one that writes data: see bundler/slim/cold.py.
// `url` and `integrity` are the file's; `bytes` is a function that resolves to its checked bytes.
export const coldCode = ({ url, integrity, bytes }) => {
  let instance, imports, loading;

  const isLoaded = () => instance.exports.$loaded.value;
  const setLoaded = () => (instance.exports.$loaded.value = 1);
  const run = (modules) => {
    for (const module of modules) new WebAssembly.Instance(module, { ...imports, $: instance.exports });
    setLoaded();
  };

  const load = async () => {
    if (isLoaded()) return;
    const modules = await Promise.all(modulesIn(new Uint8Array(await bytes())).map((each) => WebAssembly.compile(each)));
    if (!isLoaded()) run(modules); // else `loadNow` was called meanwhile
  };

  return {
    // Connects the cold code to the instance of the first half, which has these imports.
    connect: (firstHalf, itsImports) => ([instance, imports] = [firstHalf, itsImports]),

    load: () => (loading ??= load()),

    // Python's compiled code calls this and cannot wait, so it blocks the page. Our package must never need it.
    loadNow: () => {
      if (isLoaded()) return;
      const request = new XMLHttpRequest();
      request.open("GET", url, false);
      request.overrideMimeType("text/plain; charset=x-user-defined"); // a synchronous request gives text, not bytes
      request.send();
      const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
      if (integrity !== `sha256-${btoa(String.fromCharCode(...sha256(bytes)))}`) {
        throw new Error(`${url} is not what was built`);
      }
      run(modulesIn(bytes).map((each) => new WebAssembly.Module(each)));
    },
  };
};

const modulesIn = (file) => {
  const end = 4 + new DataView(file.buffer).getUint32(0, true);
  return [file.subarray(4, end), file.subarray(end)];
};
