// What the page gives everybody: its clock, its one draw, and leave to write HTML.

export const now = () => {
  try {
    return performance.now();
  } catch {
    return NaN; // a page that broke its clock: such a time is not counted
  }
};

export const make = (name, properties) => Object.assign(document.createElement(name), properties);

let drawn;

// The page's one number in [0, 1), by which it is in the sample or not; NaN where there is none to be had.
export const draw = () => {
  try {
    return (drawn ??= crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32);
  } catch {
    return NaN;
  }
};

const same = (text) => text;
const rules = { createHTML: same, createScriptURL: same };
let made;

// A page's Trusted Types let a policy be made once, so that Python uses this one too.
export const policy = () => (made ??= window.trustedTypes ? trustedTypes.createPolicy("tresta", rules) : rules);

// What the browser has noted under a name. Throws where the page broke it.
export const entry = (name) => performance.getEntriesByName(name).pop();

// When the next frame is on the screen; null when the page is hidden before anyone saw it.
export const painted = () =>
  new Promise((done) => {
    const hidden = () => done(null);
    if (document.hidden) hidden();
    document.addEventListener("visibilitychange", hidden);
    // requestAnimationFrame runs before its frame is drawn, a task behind it after.
    requestAnimationFrame(() => setTimeout(() => done(now())));
  });
