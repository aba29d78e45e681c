// Who shows a widget where: each script tag, and each call of Tresta.mount. A page that renders its places anew gets its
// widgets back, and what was in an element that the page has removed is freed.
import { releaseHeight } from "./place.js";
import { call, claims, forget, numberOf, views } from "./python.js";
import { clear } from "./view.js";

// Gives the element back to the host page.
export const leave = (place) => {
  if (views.delete(place)) clear(place);
  else call(numberOf(place), "unmount");
  forget(place);
  releaseHeight(place);
};

export const settle = () => {
  for (const claim of claims) {
    if (claim.place?.isConnected) continue;
    if (claim.place) leave(claim.place);
    claim.place = claim.find();
    if (claim.place) claim.show(claim.place);
  }
};

let frame;

// Before the next frame, so that a flood of changes costs little.
const settleSoon = () =>
  (frame ||= requestAnimationFrame(() => {
    frame = 0;
    settle();
  }));

addEventListener("DOMContentLoaded", settle);
new MutationObserver(settleSoon).observe(document, { subtree: true, childList: true });
