// The page's clock, frames and random draw, its values as JSON, and the policy by which the loader writes HTML.

// JSON of plain data. Ignores `toJSON`, which old libraries give to all arrays.
export const toText = (data) =>
  JSON.stringify(data, function (key) {
    return this[key];
  });

// Milliseconds since the page's time origin; NaN if the page has broken its clock. Python ignores such times.
export const now = () => {
  try {
    return performance.now();
  } catch {
    return NaN;
  }
};

// A new random number in [0, 1); NaN, which is in no sample, if the browser gives none.
export const random = () => {
  try {
    return crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32;
  } catch {
    return NaN;
  }
};

// Runs a function once the visitor has the page. One that the browser renders in advance may never be shown.
// `=== true`, since it is an iframe if the page has one of that name.
export const whenVisited = (run) =>
  document.prerendering === true ? document.addEventListener("prerenderingchange", run) : run();

let drawNumber;

// The page's random number for sampling, always the same.
export const draw = () => (drawNumber ??= random());

const rules = { createHTML: (text) => text, createScriptURL: (text) => text };
let pagePolicy;

// The Trusted Types policy. A page allows only one of this name, so Python uses it too. Where the page forbids it, plain
// text does, unless the page requires Trusted Types: then the browser throws where the text is used.
export const policy = () => {
  try {
    pagePolicy ??= window.trustedTypes?.createPolicy("tresta", rules);
  } catch {
    // forbidden
  }
  return (pagePolicy ??= rules);
};

// The browser's latest timing entry of a name. Throws if the page has broken `performance`.
export const timingEntry = (name) => performance.getEntriesByName(name).pop();

// Not `document.hidden`, which is an iframe if the page has one of that name.
export const isHidden = () => document.visibilityState === "hidden";

// Resolves to the time when the next frame is on the screen, or to undefined if the page is hidden before.
export const nextPaint = () =>
  new Promise((resolve) => {
    if (isHidden()) resolve();
    document.addEventListener("visibilitychange", () => resolve());
    // requestAnimationFrame calls back before the paint; a task after it runs after the paint.
    requestAnimationFrame(() => setTimeout(() => resolve(now())));
  });
