// The script tag: finds its place on the page, starts Python once, and hands over what happened before Python was up.
// It decides nothing about consent, sampling or content: that is Python's, in widget/.
(() => {
  "use strict";
  const now = () => {
    try {
      return performance.now();
    } catch {
      return NaN; // a page that broke its clock: such a time is not counted
    }
  };
  const startedAt = now(); // load time runs from here: the visitor has been waiting since the tag ran
  const tag = document.currentScript; // null in a module or after a timer, so it is read at once
  if (!tag) return;
  if (window.Tresta && window.Tresta.adopt) return window.Tresta.adopt(tag, startedAt);

  const QUEUE_LIMIT = 200;
  const BOOT_TIMEOUT_MS = 30000;
  const MIN_HEIGHT_PX = 360; // the place kept for a widget, unless data-min-height says otherwise
  const WIDGET_ID = /^(?:__WIDGET_ID__)$/; // put in by the build from widget/telemetry/schema.py
  const FAILED = '{"status":"error","code":"RUNTIME_ERROR"}';
  const base = new URL(".", tag.src).href;
  const numbers = new WeakMap(); // what Python knows our objects and the widgets' elements by
  const kept = new WeakSet(); // elements whose height we keep
  const tags = [];
  const queue = [];
  let python = null; // widget/facade.py: Facade.call
  let count = 0;
  let failed = false;

  const debug = (message) => {
    if (tags.some((tag) => tag.dataset.debug === "true")) console.warn(`Tresta: ${message}`);
  };

  // One call into Python, now or when it is up; the answer as a value, or undefined while nobody can know it.
  const call = (number, method, args = [], elements = [], done = () => {}, at = now()) => {
    try {
      const text = JSON.stringify(args); // throws for what is no data
      if (python) return JSON.parse(python(number, method, text, elements, done, at)) ?? undefined;
      if (failed) done(FAILED);
      else if (queue.length < QUEUE_LIMIT) queue.push([number, method, text, elements, done, at]);
      else debug(`${method} was dropped: more than ${QUEUE_LIMIT} calls before Python was up.`);
    } catch (error) {
      debug(`${method} failed: ${error}`);
      done(FAILED);
    }
  };

  const freed = new FinalizationRegistry((number) => call(number, "free"));

  const numberOf = (object) => {
    if (!numbers.has(object)) numbers.set(object, ++count);
    return numbers.get(object);
  };

  // A class whose objects live in Python. `methods`: what each answers while nobody can know better.
  const remote = (name, methods) => {
    const Remote = class {
      constructor(...args) {
        start();
        call(numberOf(this), `new ${name}`, args);
        freed.register(this, numberOf(this));
      }
    };
    for (const [method, unknown] of Object.entries(methods)) {
      Remote.prototype[method] = function (...args) {
        return call(numberOf(this), method, args) ?? unknown;
      };
    }
    return Remote;
  };

  const find = (target) => {
    if (typeof target !== "string") return target;
    try {
      return document.getElementById(`tresta-widget-${target}`) || document.querySelector(target);
    } catch {
      return null; // not a selector
    }
  };

  // A call about a widget that takes time: a promise of the widget's state.
  const ask = (target, method, args, owners = [], at = undefined) =>
    new Promise((resolve) => {
      const place = find(target);
      const done = (state) => resolve(JSON.parse(state));
      if (place instanceof Element) return call(numberOf(place), method, args, [place, ...owners], done, at);
      debug(`No element of the page matches ${target}.`);
      resolve({ status: "unmounted" });
    });

  const giveUp = (place) => {
    if (kept.delete(place)) place.style.minHeight = "";
  };

  const mountTag = (tag, at) => {
    const { telemetry, ...options } = tag.dataset; // telemetry: Python asks the attribute itself, each time anew
    const { widgetId: id, container, minHeight = MIN_HEIGHT_PX } = options;
    if (!WIDGET_ID.test(id)) return debug("data-widget-id must be the widget's id: 1 to 64 letters, digits, - or _.");
    let place = container ? find(container) : document.getElementById(`tresta-widget-${id}`);
    if (!place && !container && document.body.contains(tag)) {
      place = document.createElement("div");
      place.id = `tresta-widget-${id}`;
      tag.after(place);
    }
    if (!place) {
      return debug(`${container ? "Nothing matches" : "There is no"} container ${container || `#tresta-widget-${id}`}.`);
    }
    if (!parseFloat(getComputedStyle(place).minHeight)) {
      place.style.minHeight = `${Number(minHeight) || 0}px`; // the place is kept, so that nothing shifts
      kept.add(place);
    }
    if (getComputedStyle(place).display === "inline") place.style.display = "block";
    start(options.nonce || tag.nonce);
    ask(place, "mount", [options], [tag], at).then(({ status }) => status === "unmounted" && giveUp(place));
  };

  const adopt = (tag, at) => {
    tags.push(tag);
    if (document.readyState !== "loading") return mountTag(tag, at);
    document.addEventListener("DOMContentLoaded", () => mountTag(tag, at), { once: true }); // the place may come later
  };

  const boot = async (nonce) => {
    const module = `${base}pyodide/pyodide.mjs`;
    if (nonce) {
      // Under a CSP of nonces alone, import() finds in the module map what a script with the nonce has put there.
      const script = Object.assign(document.createElement("script"), { type: "module", src: module, nonce });
      await new Promise((settled) => {
        script.onload = script.onerror = settled;
        document.head.append(script);
      });
      script.remove();
    }
    const silent = () => {};
    const wheel = fetch(`${base}__WHEEL__`, { credentials: "omit" }).then((answer) => answer.arrayBuffer());
    wheel.catch(silent);
    const { loadPyodide } = await import(module);
    const pyodide = await loadPyodide({ indexURL: `${base}pyodide/`, stdout: silent, stderr: silent });
    pyodide.unpackArchive(await wheel, "wheel");
    if (failed) return; // too late: everybody has been told
    python = pyodide.pyimport("widget.facade").start();
    for (const waiting of queue.splice(0)) python(...waiting);
  };

  let ready;
  const promise = new Promise((resolve, reject) => (ready = { resolve, reject }));
  promise.catch(() => {}); // a rejection nobody waits for is no business of the host page

  // Python comes once the page has all it needs for itself. A boot that hangs (CSP without wasm) is given up.
  let started = false;
  const start = (nonce) => {
    if (started) return;
    started = true;
    const go = () => {
      const timeout = new Promise((_, reject) =>
        setTimeout(reject, BOOT_TIMEOUT_MS, new Error("Python did not start in time")),
      );
      Promise.race([boot(nonce), timeout]).then(() => ready.resolve(Tresta), (error) => {
        failed = true;
        debug(`Python could not start: ${error.message}`);
        for (const [, , , [place], done] of queue.splice(0)) {
          giveUp(place);
          done(FAILED);
        }
        ready.reject(error);
      });
    };
    if (document.readyState === "complete") setTimeout(go);
    else addEventListener("load", () => setTimeout(go), { once: true });
  };

  const Tresta = Object.freeze({
    version: "__VERSION__",
    ready: promise,
    adopt,
    mount: (target, options = {}) => (start(), ask(target, "mount", [options])),
    refresh: (target) => ask(target, "refresh", []),
    unmount: (target) => {
      const place = find(target);
      if (!place || !numbers.has(place)) return;
      call(numberOf(place), "unmount");
      giveUp(place);
    },
    getState(target) {
      const place = find(target);
      if (!place || !numbers.has(place)) return { status: "unmounted" };
      return (python && call(numberOf(place), "getState")) || { status: failed ? "error" : "loading" };
    },
    TelemetryTracker: remote("TelemetryTracker", {
      startLoadTracking: undefined,
      trackLoad: undefined,
      trackError: undefined,
      trackInteraction: undefined,
      flush: undefined,
      disable: undefined,
      enable: undefined,
      isEnabled: false,
      setSamplingRate: undefined,
      getTelemetryData: null,
    }),
    TelemetrySampler: remote("TelemetrySampler", {
      shouldSample: false,
      setSamplingRate: undefined,
      getSamplingRate: null,
    }),
  });
  window.Tresta = Tresta;
  adopt(tag, startedAt);
})();
