// Python in the page. The loader fetches this file where Python has work, and calls `boot` once the page has loaded.

const FILES = __FILES__; // by name: { url, integrity }, with `slim` ones, `stock` ones and the wheel
const BOOT_TIMEOUT_MS = 30000;
const script = document.currentScript;
const silent = () => {};
const address = (file) => new URL(file.url, script.src).href;
const named = (code, error) => Object.assign(new Error(error.message || code), { code });

// Resolves to widget/facade.py's Facade.call. Rejects where Python cannot start, and where a start hangs; what it
// rejects with has a `code`, RUNTIME_CSP, RUNTIME_NETWORK, RUNTIME_TIMEOUT or RUNTIME_UNSUPPORTED. `draw` and
// `policy` are for facade.start. Then `rest` loads the code that does not run at every visit, when the page is idle.
script.rest = silent;
script.boot = (draw, policy) =>
  new Promise((resolve, reject) => {
    const give = (code) => (error) => reject(named(code, error));
    setTimeout(give("RUNTIME_TIMEOUT"), BOOT_TIMEOUT_MS, {});
    // A fetch, an import or WebAssembly that the page's policy forbids fails in words that differ from browser to browser.
    document.addEventListener("securitypolicyviolation", ({ blockedURI, violatedDirective }) => {
      const ours = blockedURI.startsWith(new URL(script.src).origin) || blockedURI === "wasm-eval";
      if (ours) give("RUNTIME_CSP")({ message: violatedDirective });
    });
    if (!window.WebAssembly) return give("RUNTIME_UNSUPPORTED")({});
    const begin = async () => {
      if (!FILES.slim) return stock(draw, policy);
      try {
        return await slim(draw, policy);
      } catch (error) {
        if (error.code) throw error; // what the network refuses the slim one, it refuses the stock one too
        return stock(draw, policy);
      }
    };
    begin().then(resolve, (error) => give(error.code || "RUNTIME_UNSUPPORTED")(error));
  });

// The file's answer, once all of it has come and is what this build has made.
const fetched = async (file) => {
  try {
    const answer = await fetch(address(file), { integrity: file.integrity, credentials: "omit" });
    if (answer.ok) return answer;
    throw new Error(`${file.url} is answered with ${answer.status}`);
  } catch (error) {
    throw named("RUNTIME_NETWORK", error);
  }
};

// The file's bytes. Checked by the browser, or as an ArrayBuffer from the start, they pass through the page's thread, which
// for these takes 40 ms; so they come as a Blob, and are checked here. Only a secure page may have that:
// https://developer.mozilla.org/docs/Web/API/SubtleCrypto
const gathered = async (file) => {
  if (!window.crypto?.subtle) return (await fetched(file)).arrayBuffer();
  const { url, integrity } = file;
  const answer = await fetched({ url });
  try {
    const bytes = await (await answer.blob()).arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (integrity === `sha256-${btoa(String.fromCharCode(...hash))}`) return bytes;
    throw new Error(`${url} is not what was built`);
  } catch (error) {
    throw named("RUNTIME_NETWORK", error);
  }
};

// A module, checked, and let in by the tag's nonce where the page's policy is one of nonces: import() then finds in the
// module map what the script element has put there.
const imported = async (file, policy) => {
  const { integrity } = file;
  const element = document.createElement("script");
  const { nonce } = script;
  const src = policy.createScriptURL(address(file));
  Object.assign(element, { type: "module", src, integrity, crossOrigin: "", nonce });
  await new Promise((loaded, failed) => {
    element.onload = loaded;
    element.onerror = () => failed(named("RUNTIME_NETWORK", { message: `${file.url} did not load` }));
    document.head.append(element);
  }).finally(() => element.remove());
  return import(element.src);
};

const slim = async (draw, policy) => {
  const { runtime, python, data, heap, cold } = FILES.slim;
  // In this order, since what comes first is made ready while the rest comes.
  const running = imported(runtime, policy);
  const compiled = fetched(python).then(WebAssembly.compileStreaming);
  const snapshot = [gathered(data), gathered(heap)];
  for (const promise of [running, compiled, ...snapshot]) promise.catch(silent); // it is waited for below
  const { boot } = await running;
  const { importModule, loadCold } = await boot({
    python: compiled,
    snapshot,
    cold: { ...cold, url: address(cold), bytes: () => gathered(cold) },
  });
  const soon = window.requestIdleCallback || setTimeout; // Safari has no idle callback
  script.rest = () => soon(() => loadCold().catch(silent));
  return importModule("widget.facade").start(draw, policy);
};

// The released Pyodide, for a browser in which the slim one does not start.
const stock = async (draw, policy) => {
  const { loader, glue, ...rest } = FILES.stock;
  const files = Object.fromEntries(
    Object.entries(rest).map(([name, file]) => [name, fetched(file).then((answer) => answer.arrayBuffer())]),
  );
  const { wheel } = files;
  await imported(glue, policy);
  const { loadPyodide } = await imported(loader, policy);
  await Promise.all(Object.values(files)); // Pyodide fetches them again by itself, out of the cache
  const indexURL = new URL(".", address(loader)).href;
  const pyodide = await loadPyodide({ indexURL, stdout: silent, stderr: silent });
  pyodide.unpackArchive(await wheel, "wheel");
  return pyodide.pyimport("widget.facade").start(draw, policy);
};
