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

  // Python's resources in the page: listeners, running timers, and every proxy that the page has received.
  const proxies = new Set();
  const listeners = [];
  const timers = new Set();
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
  const { setInterval: start, clearInterval: stop } = window;
  window.setInterval = (fn, ms) => {
    const timer = start(fn, ms);
    if (note(fn)) timers.add(timer);
    return timer;
  };
  window.clearInterval = (timer) => (timers.delete(timer), stop(timer));
  let observerCount = 0;
  const RealObserver = window.ResizeObserver;
  window.ResizeObserver = class extends ResizeObserver {
    constructor(fn) {
      note(fn);
      super(fn);
      observerCount += 1;
    }
    disconnect() {
      observerCount -= 1;
      super.disconnect();
    }
  };

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
  const start_of = (scroller, index) => scroller.children[index].offsetLeft - scroller.children[0].offsetLeft;

  return {
    python: null,
    outcomes: {},
    done: false,
    noise,
    debug_lines,
    record,
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
      return proxies.size + listeners.length + timers.size + observerCount;
    },

    hide: () => change_visibility("hidden"),
    show_again: () => change_visibility("visible"),
    leave() {
      dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    },
    come_back() {
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    },
    prefer_less_motion: (less) => {
      const real = window.matchMedia;
      override(window, "matchMedia", {
        value: (query) => real.call(window, query.includes("prefers-reduced-motion") ? (less ? "all" : "not all") : query),
      });
    },
    observer(fn) {
      const observer = new RealObserver(() => fn());
      observer.observe(here());
      return observer;
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

    click: (action, index) => {
      const which = index < 0 ? `[data-action="${action}"]` : `[data-action="${action}"][data-index="${index}"]`;
      const button = root().querySelector(which);
      (button.firstElementChild || button).click();
    },
    // Returns whether the page has prevented the browser's default.
    press: (selector, key, modifiers = {}) =>
      !root()
        .querySelector(selector)
        .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, composed: true, ...modifiers })),
    scroll: (selector, index) => {
      const scroller = root().querySelector(selector);
      scroller.scrollLeft = start_of(scroller, index);
    },
    move: (selector) => root().querySelector(selector).dispatchEvent(new Event("scroll")),
    // Simulates a browser without scrollend events.
    remove_scrollend() {
      const own = Object.getOwnPropertyDescriptor(window, "onscrollend");
      delete window.onscrollend;
      restores.push(() => Object.defineProperty(window, "onscrollend", own));
    },
    scrolled_to: (selector) => {
      const scroller = root().querySelector(selector);
      return [...scroller.children].findIndex((_, index) => Math.abs(start_of(scroller, index) - scroller.scrollLeft) < 2);
    },
    pointer: (type) => here().dispatchEvent(new PointerEvent(type, { pointerType: "mouse" })),
    move_focus: (type, selector, other) =>
      root()
        .querySelector(selector)
        .dispatchEvent(
          new FocusEvent(type, { bubbles: true, composed: true, relatedTarget: other ? root().querySelector(other) : null }),
        ),
    resize: () => (here().style.width = `${here().clientWidth - 10}px`),
    style: (element, property) => getComputedStyle(element)[property],
    height: () => here().getBoundingClientRect().height,
  };
})();
