// Starts Python in the page. The loader fetches this file when Python has work, and calls `boot` after the page's load.

const FILES = __FILES__; // { url, integrity } by name: those of `slim`, those of `stock`, which include the wheel
const BOOT_TIMEOUT_MS = 30000;
const script = document.currentScript;
const ignore = () => {};
const addressOf = (file) => new URL(file.url, script.src).href;
// The page may have a fetch of its own, which fails without an error.
const errorWithCode = (code, error) => Object.assign(new Error(error?.message || code), { code });

// Resolves to Facade.call of widget/facade.py. Rejects if Python cannot start, or does not start in time, with an error
// whose `code` is RUNTIME_CSP, RUNTIME_NETWORK, RUNTIME_TIMEOUT or RUNTIME_UNSUPPORTED. The arguments are those of
// facade.start, and what `withPlaces` needs of the loader. Afterwards `rest` loads the code that does not run at every
// visit, when the page is idle.
script.rest = async () => {};
script.boot = (draw, policy, control, [views, claims, request, sent]) =>
  new Promise((resolve, reject) => {
    const rejectWith = (code) => (error) => reject(errorWithCode(code, error));
    setTimeout(rejectWith("RUNTIME_TIMEOUT"), BOOT_TIMEOUT_MS, {});
    // Browsers have different messages for a fetch, an import or WebAssembly that the page's policy forbids.
    document.addEventListener("securitypolicyviolation", ({ blockedURI, violatedDirective }) => {
      const isOurs = blockedURI.startsWith(new URL(script.src).origin) || blockedURI === "wasm-eval";
      if (isOurs) rejectWith("RUNTIME_CSP")({ message: violatedDirective });
    });
    if (!window.WebAssembly) return rejectWith("RUNTIME_UNSUPPORTED")({});
    const startRuntime = async () => {
      if (!FILES.slim) return startStock(draw, policy, control, sent);
      try {
        return await startSlim(draw, policy, control, sent);
      } catch (error) {
        if (error.code) throw error; // a network error, which the stock runtime would have too
        return startStock(draw, policy, control, sent);
      }
    };
    startRuntime().then(
      (call) => resolve(withPlaces(call, views, claims, request)),
      (error) => rejectWith(error.code || "RUNTIME_UNSUPPORTED")(error),
    );
  });

// Facade.call, which also knows what the loader knows of a place: the uses of a widget that the loader has shown, and
// that a widget of Tresta.mount goes with its element, and comes with it again.
const withPlaces = (call, views, claims, request) => (number, method, args, at, elements, done) => {
  const [place, tag] = elements ?? [];
  if (method !== "mount") return call(number, method, args, at, elements, done);
  const view = views.get(place);
  const answer = call(number, method, args, view ? view.at : at, elements, done);
  if (view) {
    views.delete(place);
    for (const use of view.uses) call(number, "countUse", "[]", use);
    view.at = NaN; // where the page renders the place anew, this is not another load
    view.uses = [];
  } else if (!tag && place.isConnected && ![...claims].map((claim) => claim.place).includes(place)) {
    // No function here may name `place`: all functions of a call keep what one of them names.
    const reference = new WeakRef(place);
    const claim = {
      place,
      find() {
        const element = reference.deref();
        if (!element) claims.delete(claim);
        return element?.isConnected && element;
      },
      show: (element) => request(element, "mount", JSON.parse(args)),
    };
    claims.add(claim);
  }
  return answer;
};

// The response for a file. The browser checks its integrity, if the file has one.
const fetchFile = async (file) => {
  try {
    const response = await fetch(addressOf(file), { integrity: file.integrity, credentials: "omit" });
    if (response.ok) return response;
    throw new Error(`${file.url} is answered with ${response.status}`);
  } catch (error) {
    throw errorWithCode("RUNTIME_NETWORK", error);
  }
};

// The checked bytes of a large file. If the browser checked them, or read them into an ArrayBuffer as they arrive, they
// would pass through the page's thread, which takes 40 ms. So they are read as a Blob, and checked here. Only secure
// pages can do that: https://developer.mozilla.org/docs/Web/API/SubtleCrypto
const fetchBytes = async (file) => {
  if (!window.crypto?.subtle) return (await fetchFile(file)).arrayBuffer();
  const { url, integrity } = file;
  const response = await fetchFile({ url });
  try {
    const bytes = await (await response.blob()).arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (integrity === `sha256-${btoa(String.fromCharCode(...hash))}`) return bytes;
    throw new Error(`${url} is not what was built`);
  } catch (error) {
    throw errorWithCode("RUNTIME_NETWORK", error);
  }
};

// A checked module. A script element with the tag's nonce loads it, since the page's policy may require nonces. Then
// import() takes it from the page's module map.
//
// In an XML page Safari neither runs such an element nor says so. There the fetch, which checks the file too, says when
// import() may begin.
const importFile = async (file, policy) => {
  const { integrity } = file;
  const element = document.createElement("script");
  const { nonce } = script;
  const src = policy.createScriptURL(addressOf(file));
  Object.assign(element, { type: "module", src, integrity, crossOrigin: "", nonce });
  const loading = new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = () => reject(errorWithCode("RUNTIME_NETWORK", { message: `${file.url} did not load` }));
    script.after(element);
  });
  const ways = document.contentType === "text/html" ? [loading] : [loading, fetchFile(file)];
  await Promise.race(ways).finally(() => element.remove());
  return import(element.src);
};

const startSlim = async (draw, policy, control, sent) => {
  const { runtime, python, data, heap, cold: rest } = FILES.slim;
  // In this order: the first files are prepared while the later ones load.
  const modulePromise = importFile(runtime, policy);
  const compilation = fetchFile(python).then(WebAssembly.compileStreaming);
  const snapshot = [fetchBytes(data), fetchBytes(heap)];
  // All are awaited below. Until then, a rejection must not be an unhandled one.
  for (const promise of [modulePromise, compilation, ...snapshot]) promise.catch(ignore);
  const { boot } = await modulePromise;
  const { importModule, loadCold } = await boot({
    python: compilation,
    snapshot,
    cold: { ...rest, url: addressOf(rest), bytes: () => fetchBytes(rest) },
  });
  const whenIdle = window.requestIdleCallback || setTimeout; // Safari has no idle callback
  let cold;
  script.rest = () => (cold ??= new Promise((resolve) => whenIdle(resolve)).then(loadCold).catch(ignore));
  return importModule("widget.facade").start(draw, policy, control, sent, script.src);
};

// The released Pyodide, for a browser in which the slim runtime does not start.
const startStock = async (draw, policy, control, sent) => {
  const { loader, glue, ...rest } = FILES.stock;
  const files = Object.fromEntries(
    Object.entries(rest).map(([name, file]) => [name, fetchFile(file).then((response) => response.arrayBuffer())]),
  );
  const { wheel } = files;
  await importFile(glue, policy);
  const { loadPyodide } = await importFile(loader, policy);
  await Promise.all(Object.values(files)); // Pyodide fetches them again itself, from the browser's cache
  const indexURL = new URL(".", addressOf(loader)).href;
  const pyodide = await loadPyodide({ indexURL, stdout: ignore, stderr: ignore });
  pyodide.unpackArchive(await wheel, "wheel");
  return pyodide.pyimport("widget.facade").start(draw, policy, control, sent, script.src);
};
