// The server's drawing in the place's shadow root, usable before Python is up. The same behaviour as in
// widget/page/shadow.py and widget/controls.py.
import { policy } from "./page.js";

const MIN_RESERVED_PX = 160; // a lower element was not reserved for a widget: it is empty but for some padding
const HEIGHT = "--tresta-height";

// Returns the section, the root's one child.
export const show = (place, { html, css }) => {
  const root = place.shadowRoot || place.attachShadow({ mode: "open" });
  const box = () => place.getBoundingClientRect();
  const setHeight = (pixels) => place.style.setProperty(HEIGHT, `${pixels}px`);
  const { bottom, height } = box();
  // A constructed stylesheet needs no nonce and no 'unsafe-inline', whatever the page's CSP.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = policy().createHTML(html);
  // If the place grew, it would push down what the visitor is looking at.
  if (0 < bottom && bottom < innerHeight && height >= MIN_RESERVED_PX && box().height > height) {
    setHeight(height);
    root.firstChild.setAttribute("data-clamped", "");
    setHeight(2 * height - box().height); // less the host's padding
  }
  return root.firstChild;
};

// Shows the host page's own content again.
export const clear = (place) => {
  if (place.shadowRoot) show(place, { html: "<slot></slot>", css: "" });
  place.style.removeProperty(HEIGHT);
};

// Applies a control's action. Returns false if the action needs Python.
export const applyAction = (root, { action, index }) => {
  const section = root.firstChild;
  if (action === "expand") section.removeAttribute("data-clamped");
  else if (action === "hold") {
    root.querySelector(".pause").setAttribute("aria-pressed", section.toggleAttribute("data-paused"));
  } else if (action === "more") {
    let isOpen;
    for (const card of root.querySelectorAll(`.card[data-index="${index}"]`)) {
      isOpen = card.toggleAttribute("data-open", isOpen); // a marquee's copies follow the first card
      const more = card.querySelector(".more");
      more.textContent = isOpen ? "Read less" : "Read more";
      if (more.type) more.setAttribute("aria-expanded", isOpen); // a copy's is not a button
    }
  } else return action === "link"; // the browser follows links itself
  return true;
};
