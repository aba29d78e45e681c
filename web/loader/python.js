// The connection to Python, which starts once, when it is first needed. Calls before that wait in a queue.
import { createElement, draw, now, policy } from "./page.js";

const QUEUE_LIMIT = 200;
export const NO_OBJECT = 0; // instead of a number, in calls that are about no object of JavaScript

const numbers = new WeakMap(); // Python's numbers for JavaScript's objects and for the places of widgets
let queue = [];
let count = 0;
let script; // web/boot.js
let needsRest; // whether the page may need the code that does not run at every visit
let resolveReady, rejectReady;

export const tags = []; // all script tags of this loader
export let python; // widget/facade.py: Facade.call
export let failure; // if Python cannot start: the state of a widget that needs it, as JSON
export const views = new WeakMap(); // the loader's own views, by place, until Python has adopted them
export const ready = new Promise((resolve, reject) => ([resolveReady, rejectReady] = [resolve, reject]));
ready.catch(() => {}); // else the host page would get an unhandled rejection

// Writes a line to the browser's console if a tag has data-debug="true".
export const debug = (message) => {
  if (tags.some(({ dataset }) => dataset.debug === "true")) console.warn(`Tresta: ${message}`);
};

export const hasNumber = (object) => numbers.has(object);

export const numberOf = (object) => {
  if (!hasNumber(object)) numbers.set(object, ++count);
  return numbers.get(object);
};

// Calls Python now, or when it is up. Returns the result; null or undefined if there is none yet.
export const call = (number, method, args = [], elements, done, at = now()) => {
  try {
    const text = JSON.stringify(args); // throws if `args` is no plain data
    const run = () => {
      if (method === "mount") views.delete(elements[0]);
      return JSON.parse(python(number, method, text, at, elements, done));
    };
    if (python) return run();
    if (failure) done?.(failure);
    // A flood of other calls must not keep widgets from being mounted.
    else if (queue.length < QUEUE_LIMIT || method === "mount") queue.push({ number, run, done });
    else throw "queue full";
  } catch (error) {
    debug(`${method}: ${error}`);
    done?.('{"status":"error"}');
  }
};

// Calls a widget's method that takes time. Resolves to the widget's state.
export const request = (place, method, args, owners = [], at) =>
  new Promise((resolve) => {
    call(numberOf(place), method, args, [place, ...owners], (state) => resolve(JSON.parse(state)), at);
  });

// Forgets the object's number, and drops its waiting calls.
export const forget = (object) => {
  const oldNumber = numbers.get(object);
  numbers.delete(object);
  queue = queue.filter(({ number, done }) => number !== oldNumber || done?.('{"status":"unmounted"}'));
};

const fail = (error) => {
  const { code = "RUNTIME_NETWORK" } = error; // there is no code if web/boot.js itself did not load
  failure = JSON.stringify({ status: "error", code });
  debug(`${code} ${error.message}`);
  for (const { done } of queue.splice(0)) done?.(failure);
  rejectReady(error);
};

// Starts Python after the page's `load` event, or at once if `eager`. With `countsOnly`, Python is needed only to count
// this visit, so the code that does not run at every visit is not loaded.
export const start = ({ eager, countsOnly } = {}) => {
  needsRest ||= !countsOnly;
  if (script) return needsRest && script.rest?.();
  const [{ src, nonce, dataset }] = tags;
  script = createElement("script", {
    src: policy().createScriptURL(new URL("__BOOT__", src)),
    integrity: "__BOOT_INTEGRITY__",
    crossOrigin: "",
    nonce: dataset.nonce || nonce,
    onerror: fail,
    onload() {
      if (eager || document.readyState === "complete") boot();
      else addEventListener("load", () => setTimeout(boot));
    },
  });
  document.head.append(script);
};

const boot = () =>
  script
    .boot(draw(), policy())
    .then((facadeCall) => {
      python = facadeCall;
      if (needsRest) script.rest();
      for (const { run } of queue.splice(0)) run();
      resolveReady(window.Tresta);
    })
    .catch(fail);
