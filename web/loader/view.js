// What the server has drawn, shown before Python is up and kept usable: the twin of widget/page/shadow.py and widget/controls.py.
import { policy } from "./page.js";

const KEPT_PX = 160; // less is no place kept for a widget, but an empty element with some padding
const HEIGHT = "--tresta-height";

export const show = (place, { html, css }) => {
  const root = place.shadowRoot || place.attachShadow({ mode: "open" });
  const box = () => place.getBoundingClientRect();
  const keep = (pixels) => place.style.setProperty(HEIGHT, `${pixels}px`);
  const { bottom, height } = box();
  // A constructed sheet needs no nonce and no 'unsafe-inline', whatever the page's CSP.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = policy().createHTML(html);
  if (0 < bottom && bottom < innerHeight && height >= KEPT_PX && box().height > height) {
    keep(height); // growing would push what the visitor looks at
    root.firstChild.setAttribute("data-clamped", "");
    keep(2 * height - box().height); // less the host's own padding around ours
  }
};

// The host's own content again.
export const clear = (place) => {
  if (place.shadowRoot) show(place, { html: "<slot></slot>", css: "" });
  place.style.removeProperty(HEIGHT);
};

// Does what a click asks for; false where that takes Python.
export const act = (root, { action, index }) => {
  const section = root.firstChild;
  if (action === "expand") section.removeAttribute("data-clamped");
  else if (action === "hold") {
    root.querySelector(".pause").setAttribute("aria-pressed", section.toggleAttribute("data-paused"));
  } else if (action === "more") {
    let isOpen;
    for (const card of root.querySelectorAll(`.card[data-index="${index}"]`)) {
      isOpen = card.toggleAttribute("data-open", isOpen); // a marquee has copies, which do as the first
      const more = card.querySelector(".more");
      more.textContent = isOpen ? "Read less" : "Read more";
      if (more.type) more.setAttribute("aria-expanded", isOpen); // a copy's is no button
    }
  } else return action === "link"; // which the browser follows on its own
  return true;
};
