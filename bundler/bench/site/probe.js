// Measures one visit. This script comes first in each page and is the same in every browser.
window.bench = (() => {
  const CARDS = 50;
  const TIMER_MS = 5;
  const report = { python_ms: null, cards_ms: null, tasks: null, waits: [], wasm_bytes: 0 };
  const roots = [document];
  const memories = new Set();

  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    roots.push(root);
    return root;
  };

  // The time when the first frame with all cards has been drawn: a message sent before a frame arrives after it.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => (report.cards_ms = performance.now());
  const countCards = () => {
    const cards = roots.map((root) => root.querySelectorAll(".card:not(.ghost)").length);
    if (cards.reduce((sum, count) => sum + count) >= CARDS) port2.postMessage(0);
    else requestAnimationFrame(countCards);
  };
  requestAnimationFrame(countCards);

  // Tasks over 50 ms, in browsers that report them.
  if (PerformanceObserver.supportedEntryTypes.includes("longtask")) {
    report.tasks = [];
    const addTasks = (list) => report.tasks.push(...list.getEntries().map((task) => [task.startTime, task.duration]));
    new PerformanceObserver(addTasks).observe({ type: "longtask", buffered: true });
  }
  // For other browsers, and for tasks below 50 ms: the delay of a timer. No task is longer than the delay it causes.
  let due = performance.now();
  const tick = () => {
    const late = performance.now() - due;
    if (late > TIMER_MS) report.waits.push([due, late]);
    due = performance.now() + TIMER_MS;
    setTimeout(tick, TIMER_MS);
  };
  tick();

  const addMemories = (exports, imports = {}) => {
    for (const value of [exports, ...Object.values(imports)].flatMap(Object.values)) {
      if (value instanceof WebAssembly.Memory) memories.add(value);
    }
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (source, imports) => {
      const result = await original.call(WebAssembly, source, imports);
      addMemories((result.instance || result).exports, imports);
      return result;
    };
  }

  return {
    python: () => (report.python_ms ??= performance.now()),
    report: () => ({ ...report, wasm_bytes: [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }),
  };
})();
