// The server's drawing in the place's shadow root, as widget/page/shadow.py shows Python's.
import { control } from "./control.js";
import { policy } from "./page.js";
import { start } from "./python.js";
import { createElement } from "./tags.js";

const MIN_RESERVED_PX = 160; // a lower element was not reserved for a widget: it is empty but for some padding

// Calls `onUse` for each use of a control.
export const show = (place, { css, html }, onUse) => {
  const root = place.shadowRoot || place.attachShadow({ mode: "open" });
  const box = () => place.getBoundingClientRect();
  const { bottom, height } = box();
  // A constructed stylesheet needs no nonce and no 'unsafe-inline', whatever the page's CSP.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = policy().createHTML(html); // throws in an XHTML page: Python draws there
  const section = root.querySelector(".tresta");
  // Inside the root: the place's own attributes are the page's, which may compare them or write them anew.
  const setHeight = (pixels) => section.style.setProperty("--tresta-height", `${pixels}px`);
  // If the place grew, it would push down what the visitor is looking at.
  if (0 < bottom && bottom < innerHeight && height >= MIN_RESERVED_PX && box().height > height) {
    setHeight(height);
    section.dataset.clamped = "";
    setHeight(2 * height - box().height); // less the host's padding
  }
  control(root, onUse);
  root.querySelector(".mark")?.addEventListener("click", () => start()); // Python fills the receipt
};

// Shows the host page's own content again.
export const clear = (place) => {
  const root = place.shadowRoot;
  if (root) {
    root.adoptedStyleSheets = [];
    root.replaceChildren(createElement("slot"));
    control(root);
  }
};
