// Who shows a widget where: each script tag, and each call of Tresta.mount. A page that renders its places anew gets its
// widgets back, and what was in an element that the page has removed is freed.
import { FILLER, releaseHeight } from "./place.js";
import { call, claims, forget, hasNumber, numberOf, views } from "./python.js";
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

// Once in a page, however often its tags run.
export const watchPlaces = () => {
  document.addEventListener("DOMContentLoaded", settle);
  new MutationObserver((records) => {
    // A page that morphs its places takes out what it did not put there.
    records.map(
      ({ target, removedNodes: [node] }) => node?.data === FILLER && hasNumber(target) && target.append(node),
    );
    settleSoon();
  }).observe(document, { childList: true, subtree: true });
};
