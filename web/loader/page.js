// The page's clock, frames and random draw, and the policy by which the loader writes HTML.

// Milliseconds since the page's time origin; NaN if the page has broken its clock. Python ignores such times.
export const now = () => {
  try {
    return performance.now();
  } catch {
    return NaN;
  }
};

export const createElement = (name, properties) => Object.assign(document.createElement(name), properties);

let drawNumber;

// The page's random number in [0, 1) for sampling, always the same; NaN if the browser gives none.
export const draw = () => {
  try {
    return (drawNumber ??= crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32);
  } catch {
    return NaN;
  }
};

const same = (text) => text;
const rules = { createHTML: same, createScriptURL: same };
let pagePolicy;

// The Trusted Types policy. A page allows only one of this name, so Python uses it too.
export const policy = () => (pagePolicy ??= window.trustedTypes ? trustedTypes.createPolicy("tresta", rules) : rules);

// The browser's latest timing entry of a name. Throws if the page has broken `performance`.
export const timingEntry = (name) => performance.getEntriesByName(name).pop();

// Resolves to the time when the next frame is on the screen, or to null if the page is hidden before.
export const nextPaint = () =>
  new Promise((resolve) => {
    const resolveHidden = () => resolve(null);
    if (document.hidden) resolveHidden();
    document.addEventListener("visibilitychange", resolveHidden);
    // requestAnimationFrame calls back before the paint; a task after it runs after the paint.
    requestAnimationFrame(() => setTimeout(() => resolve(now())));
  });
