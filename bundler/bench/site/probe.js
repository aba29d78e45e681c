// What one visit is asked about. It stands first in each page, the same in all of them and in every browser.
window.bench = (() => {
  const CARDS = 50;
  const BEAT_MS = 5;
  const seen = { python_ms: null, cards_ms: null, tasks: null, waits: [], wasm_bytes: 0 };
  const roots = [document];
  const memories = new Set();

  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    roots.push(root);
    return root;
  };

  // The first frame in which all cards are in the page, once it is drawn: a message sent before a frame arrives after it.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => (seen.cards_ms = performance.now());
  const look = () => {
    const cards = roots.map((root) => root.querySelectorAll(".card:not(.ghost)").length);
    if (cards.reduce((sum, count) => sum + count) >= CARDS) port2.postMessage(0);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  // Tasks over 50 ms, where the browser tells of them.
  if (PerformanceObserver.supportedEntryTypes.includes("longtask")) {
    seen.tasks = [];
    const note = (list) => seen.tasks.push(...list.getEntries().map((task) => [task.startTime, task.duration]));
    new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
  }
  // Elsewhere, and below 50 ms: how late a timer comes, which is never less than the longest task it waited for.
  let due = performance.now();
  const beat = () => {
    const late = performance.now() - due;
    if (late > BEAT_MS) seen.waits.push([due, late]);
    due = performance.now() + BEAT_MS;
    setTimeout(beat, BEAT_MS);
  };
  beat();

  const keep = (exports, imports = {}) => {
    for (const value of [exports, ...Object.values(imports)].flatMap(Object.values)) {
      if (value instanceof WebAssembly.Memory) memories.add(value);
    }
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (source, imports) => {
      const made = await real.call(WebAssembly, source, imports);
      keep((made.instance || made).exports, imports);
      return made;
    };
  }

  return {
    python: () => (seen.python_ms ??= performance.now()),
    report: () => ({ ...seen, wasm_bytes: [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }),
  };
})();
