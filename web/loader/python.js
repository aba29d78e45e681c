// The way to Python: started once, when somebody needs it, and what is called before it is up waits for it.
import { draw, make, now, policy } from "./page.js";

const QUEUE_LIMIT = 200;

const numbers = new WeakMap(); // what Python knows our objects and the widgets' elements by
let queue = [];
let count = 0;
let script; // web/boot.js
let rest; // whether the code that does not run at every visit is worth its bytes
let up, down;

export const tags = []; // every script tag of ours
export let python; // widget/facade.py: Facade.call
export let failed; // the state of a widget that needs it in vain, as JSON
export const views = new WeakMap(); // what the loader itself shows, by place, until Python has taken it over
export const ready = new Promise((resolve, reject) => ([up, down] = [resolve, reject]));
ready.catch(() => {}); // a rejection nobody waits for is no business of the host page

const debug = (message) => {
  if (tags.some(({ dataset }) => dataset.debug === "true")) console.warn(`Tresta: ${message}`);
};

export const isKnown = (object) => numbers.has(object);

export const numberOf = (object) => {
  if (!isKnown(object)) numbers.set(object, ++count);
  return numbers.get(object);
};

// One call into Python, now or when it is up; the answer as a value, null or undefined where nobody knows it.
export const call = (number, method, args = [], elements, done, at = now()) => {
  try {
    const text = JSON.stringify(args); // throws for what is no data
    const go = () => {
      if (method === "mount") views.delete(elements[0]);
      return JSON.parse(python(number, method, text, at, elements, done));
    };
    if (python) return go();
    if (failed) done?.(failed);
    // A flood of other calls does the widgets no harm.
    else if (queue.length < QUEUE_LIMIT || method === "mount") queue.push({ number, go, done });
    else throw "queue full";
  } catch (error) {
    debug(`${method}: ${error}`);
    done?.('{"status":"error"}');
  }
};

// A call about a widget that takes time: a promise of the widget's state.
export const request = (place, method, args, owners = [], at) =>
  new Promise((resolve) => {
    call(numberOf(place), method, args, [place, ...owners], (state) => resolve(JSON.parse(state)), at);
  });

// The object is gone, and so is what still waits for Python on its behalf.
export const forget = (object) => {
  const gone = numbers.get(object);
  numbers.delete(object);
  queue = queue.filter(({ number, done }) => number !== gone || done?.('{"status":"unmounted"}'));
};

const fail = (error) => {
  const { code = "RUNTIME_NETWORK" } = error; // it has none where web/boot.js itself did not come
  failed = JSON.stringify({ status: "error", code });
  debug(`${code} ${error.message}`);
  for (const { done } of queue.splice(0)) done?.(failed);
  down(error);
};

// Python comes once the page has all it needs for itself, unless its owner is `eager`. The `rest` of its code follows
// in idle time; who only counts a visit never needs it.
export const start = (eager, counts) => {
  rest ||= !counts;
  if (script) return rest && script.rest?.();
  const [{ src, nonce, dataset }] = tags;
  script = make("script", {
    src: policy().createScriptURL(new URL("__BOOT__", src)),
    integrity: "__BOOT_INTEGRITY__",
    crossOrigin: "",
    nonce: dataset.nonce || nonce,
    onerror: fail,
    onload() {
      if (eager || document.readyState === "complete") go();
      else addEventListener("load", () => setTimeout(go));
    },
  });
  document.head.append(script);
};

const go = () =>
  script
    .boot(draw(), policy())
    .then((answer) => {
      python = answer;
      if (rest) script.rest();
      for (const waiting of queue.splice(0)) waiting.go();
      up(window.Tresta);
    })
    .catch(fail);
