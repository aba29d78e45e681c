// The connection to Python, which starts once, when it is first needed. Calls before that wait in a queue.
import { control } from "./control.js";
import { draw, now, policy, toText, whenVisited } from "./page.js";
import { debug, insertScript } from "./tags.js";

const QUEUE_LIMIT = 200;
const NETWORK = "RUNTIME_NETWORK";
const LEAVING_MS = 2000; // after a failed request: then the visitor is still there
export const NO_OBJECT = 0; // instead of a number, in calls that are about no object of JavaScript

const numbers = new WeakMap(); // Python's numbers for JavaScript's objects and for the places of widgets
let queue = [];
let count = 0;
let script; // web/boot.js
let needsRest; // whether a script of the page may need the code that does not run at every visit
let resolveReady, rejectReady;

export let python; // widget/facade.py: Facade.call, by way of web/boot.js
export let failure; // if Python cannot start: the state of a widget that needs it, as JSON
export let failureCode; // then the code to report
// Who shows a widget where: `place` is its element at present, `find` returns an element for it, if there is one, and
// `show` fills it. tag.js and web/boot.js add to them, claims.js looks after them.
export const claims = new Set();
export const views = new WeakMap(); // the loader's own views, by place, until Python has adopted them
// The bodies of the loader's own batches, for the receipt. Python freezes the list when the visitor says no.
export const sent = [];
export const ready = new Promise((resolve, reject) => {
  resolveReady = resolve;
  rejectReady = reject;
});
ready.catch(() => {}); // else the host page would get an unhandled rejection

export const hasNumber = (object) => numbers.has(object);

export const numberOf = (object) => {
  if (!hasNumber(object)) numbers.set(object, ++count);
  return numbers.get(object);
};

// Calls Python now, or when it is up. Returns the result; null or undefined if there is none yet.
export const call = (number, method, args = [], elements, done, at = now()) => {
  try {
    const text = toText(args); // throws if `args` is no plain data
    const run = () => JSON.parse(python(number, method, text, at, elements, done));
    if (python) return run();
    if (failure) done?.(failure);
    // A flood of other calls must not keep widgets from being mounted.
    else if (queue.length < QUEUE_LIMIT || method === "mount") queue.push({ number, run, done });
    else throw method;
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
  // There is no code if web/boot.js itself did not load, and a number if the browser ended a request.
  const code = typeof error.code === "string" ? error.code : NETWORK;
  const message = `${code} ${error.message ?? ""}`;
  failure = toText({ status: "error", code });
  debug(message);
  for (const each of queue.splice(0)) each.done?.(failure);
  rejectReady(Object.assign(new Error(message), { code }));
  // The browser ends the requests of a page that the visitor leaves, too.
  setTimeout(() => (failureCode = code), code === NETWORK ? LEAVING_MS : 0);
};

// Starts Python after the page's `load` event, or at once if `eager`. `rest`: a script of the page uses Python, so the
// code that does not run at every visit is loaded, too.
export const start = (rest, eager) => {
  needsRest ||= rest;
  if (script) return needsRest && script.rest?.();
  const onload = () =>
    whenVisited(() => {
      if (eager || document.readyState === "complete") boot();
      else addEventListener("load", () => setTimeout(boot));
    });
  script = insertScript("__BOOT__", "__BOOT_INTEGRITY__", onload, fail);
};

const boot = () =>
  script
    .boot(draw(), policy(), control, [views, claims, request, sent])
    .then((facadeCall) => {
      python = facadeCall;
      if (needsRest) script.rest();
      for (const each of queue.splice(0)) each.run();
      resolveReady(window.Tresta);
    })
    .catch(fail);
