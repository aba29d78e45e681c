// The cold code, which does not run at every visit. It loads when the page is idle, or at once when it is called.
import { sha256 } from "./sha256.js";

// `url` and `integrity` are the file's; `bytes` is a function that resolves to its checked bytes.
export const coldCode = ({ url, integrity, bytes }) => {
  let instance, imports, loading;

  const isLoaded = () => instance.exports.$loaded.value;
  const setLoaded = () => (instance.exports.$loaded.value = 1);
  const coldImports = () => ({ ...imports, $: instance.exports });

  const load = async () => {
    if (isLoaded()) return;
    const module = await WebAssembly.compile(await bytes());
    if (isLoaded()) return; // `loadNow` was called meanwhile
    await WebAssembly.instantiate(module, coldImports());
    setLoaded();
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
      new WebAssembly.Instance(new WebAssembly.Module(bytes), coldImports());
      setLoaded();
    },
  };
};
