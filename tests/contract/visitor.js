// The host page of the contract suite: it records errors and console lines, counts Python's resources, and acts as the
// visitor.
"use strict";
window.visitor = (() => {
  const HERE = "here";
  const SENTINEL = "visitor: no more rejections";

  // Nothing of this may reach a host page: uncaught errors, unhandled rejections, lines in its console.
  const noise = [];
  const debug_lines = [];
  let resolveCalm = () => {};
  addEventListener("error", (event) => noise.push(`uncaught: ${event.message}`));
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    event.reason === SENTINEL ? resolveCalm() : noise.push(`unhandled rejection: ${event.reason}`);
  });
  let isDebugging = false;
  const record = (source) => (...words) => {
    const text = words.join(" ");
    isDebugging && source === "warn" && text.startsWith("Tresta: ") ? debug_lines.push(text.slice(8)) : noise.push(`${source}: ${text}`);
  };
  for (const level of ["debug", "error", "info", "log", "trace", "warn"]) console[level] = record(level);

  // Python's resources in the page: its listeners and proxies.
  const proxies = new Set();
  const listeners = [];
  const note = (fn) => {
    const is_python = Boolean(visitor.python) && fn instanceof visitor.python.ffi.PyProxy;
    if (is_python) proxies.add(fn);
    return is_python;
  };
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, fn, options) {
    if (note(fn)) listeners.push([this ?? window, type, fn]);
    return add.call(this ?? window, type, fn, options);
  };
  EventTarget.prototype.removeEventListener = function (type, fn, options) {
    const index = listeners.findIndex((one) => one[0] === (this ?? window) && one[1] === type && one[2] === fn);
    if (index >= 0) listeners.splice(index, 1);
    return remove.call(this ?? window, type, fn, options);
  };
  for (const name of ["setTimeout", "requestAnimationFrame", "requestIdleCallback"]) {
    const real = window[name];
    window[name] = (fn, ...rest) => (note(fn), real.call(window, fn, ...rest));
  }

  // Functions that restore the browser's properties after a check.
  const restores = [];
  const override = (object, name, descriptor) => {
    const before = Object.getOwnPropertyDescriptor(object, name);
    restores.push(() => (before ? Object.defineProperty(object, name, before) : delete object[name]));
    Object.defineProperty(object, name, { configurable: true, ...descriptor });
  };
  const change_visibility = (value) => {
    override(document, "visibilityState", { get: () => value });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  };

  const frames = [];
  const here = () => document.getElementById(HERE);
  const root = () => here().shadowRoot;

  return {
    python: null,
    outcomes: {},
    done: false,
    noise,
    debug_lines,
    record,
    note,
    here,
    root,
    find: (selector) => root().querySelector(selector),

    break_searches: () => override(document, "querySelectorAll", { value: () => { throw new Error("on purpose"); } }),
    restore() {
      for (const undo of restores.splice(0).reverse()) undo();
    },
    // Resets the page for the next check.
    reset() {
      this.restore();
      isDebugging = false;
      noise.length = debug_lines.length = 0;
      document.querySelector("main").replaceChildren();
      this.put("div", "", { id: HERE });
      scrollTo(0, 0);
    },
    // Attribute names as in Python: data_debug for data-debug, class_ for class.
    put(tag, text = "", attributes = {}) {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) {
        element.setAttribute(name.replace(/_$/, "").replaceAll("_", "-"), value);
      }
      element.textContent = text;
      document.querySelector("main").append(element);
      return element;
    },
    enable_debug() {
      if (!isDebugging) this.put("div", "", { data_widget_id: "debug", data_debug: "true" });
      isDebugging = true;
    },
    // One error of each kind, so that a check can see that it is recorded.
    provoke() {
      console.info("visitor: on purpose");
      reportError(new Error("visitor: on purpose"));
      Promise.reject("visitor: on purpose");
    },
    forget: () => (noise.length = 0),
    // Resolves when all rejections so far have been recorded: this one is the last.
    calm: () => new Promise((resolve) => ((resolveCalm = resolve), void Promise.reject(SENTINEL))),
    resource_count() {
      const is_alive = visitor.python._api.pyproxyIsAlive;
      for (const proxy of proxies) if (!is_alive(proxy)) proxies.delete(proxy);
      return proxies.size + listeners.length;
    },

    hide: () => change_visibility("hidden"),
    show_again: () => change_visibility("visible"),
    leave() {
      dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    },
    answer_without_body: () => override(window, "fetch", { value: async () => new Response(null, { status: 204 }) }),
    // The next frame comes when draw() is called.
    hold_frames: () => {
      frames.length = 0;
      override(window, "requestAnimationFrame", { value: (fn) => (note(fn), frames.push(fn)) });
    },
    waiting_frames: () => frames.length,
    draw: () => frames.splice(0).forEach((fn) => fn(performance.now())),
    // "null" and "undefined" stand for these values, since Python has only None.
    signal(name, value) {
      const special = { null: null, undefined: undefined, object: {} };
      override(navigator, name, { value: value in special ? special[value] : value });
    },
    beacon(how, reason) {
      if (how === "missing") {
        const { sendBeacon } = Navigator.prototype;
        delete Navigator.prototype.sendBeacon;
        restores.push(() => (Navigator.prototype.sendBeacon = sendBeacon));
      } else if (how === "undefined") {
        override(navigator, "sendBeacon", { value: undefined });
      } else {
        const raise = () => {
          throw new Error(reason);
        };
        override(navigator, "sendBeacon", { value: how === "raises" ? raise : () => false });
      }
    },

    click: (action) => {
      const button = root().querySelector(`[data-action="${action}"]`);
      (button.firstElementChild || button).click();
    },
    style: (element, property) => getComputedStyle(element)[property],
    height: () => here().getBoundingClientRect().height,
  };
})();
