// The code that does not run at every visit. It comes when the page is idle; what needs it sooner loads it at once.
import { sha256 } from "./sha256.js";

// `url` and `integrity` are the file's, `bytes` gives it checked.
export const coldCode = ({ url, integrity, bytes }) => {
  let instance, imports, coming;

  const isThere = () => instance.exports.$loaded.value;
  const arrived = () => (instance.exports.$loaded.value = 1);
  const given = () => ({ ...imports, $: instance.exports });

  const load = async () => {
    if (isThere()) return;
    const module = await WebAssembly.compile(await bytes());
    if (isThere()) return; // somebody could not wait
    await WebAssembly.instantiate(module, given());
    arrived();
  };

  return {
    belongsTo: (first, theirs) => ([instance, imports] = [first, theirs]),

    load: () => (coming ??= load()),

    // Called by Python's own code, which cannot wait: the page stands still meanwhile, so that none of ours should.
    loadNow: () => {
      if (isThere()) return;
      const request = new XMLHttpRequest();
      request.open("GET", url, false);
      request.overrideMimeType("text/plain; charset=x-user-defined"); // a synchronous one gives no bytes, only text
      request.send();
      const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
      if (integrity !== `sha256-${btoa(String.fromCharCode(...sha256(bytes)))}`) {
        throw new Error(`${url} is not what was built`);
      }
      new WebAssembly.Instance(new WebAssembly.Module(bytes), given());
      arrived();
    },
  };
};
