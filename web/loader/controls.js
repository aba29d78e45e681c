// The behaviour of the controls that widget/view/ draws, with and without Python in the page. Their words and their state
// are in the markup.

const running = new WeakMap(); // the controls that run, by root

// `control` for a page: `loadCarousel` resolves to the function of carousel.js.
//
// It starts the controls in a widget's shadow root, and calls `onUse` for each use by the visitor, never for autoplay.
// Where the controls run already, such as the loader's once Python is up, they go on with this `onUse`. It returns a
// function that stops them.
export const controlWith = (loadCarousel) => (root, onUse) => {
  const section = root.querySelector(".tresta");
  const before = running.get(root);
  if (section && before?.section === section) {
    before.onUse = onUse;
    return before.stop;
  }
  before?.stop();
  if (!section) return;
  const controller = new AbortController();
  const controls = { section, onUse };
  const on = (target, type, listener) => target.addEventListener(type, listener, controller);
  const use = () => controls.onUse();
  const actions = {
    link() {}, // the browser follows links itself
    expand: () => section.removeAttribute("data-clamped"),
    hold: (button) => button.setAttribute("aria-pressed", section.toggleAttribute("data-paused")),
    more({ dataset }) {
      let isOpen;
      for (const card of section.querySelectorAll(`.card[data-index="${dataset.index}"]`)) {
        isOpen = card.toggleAttribute("data-open", isOpen); // a marquee's copies follow the first card
        const more = card.querySelector(".more");
        const { other } = more.dataset;
        if (other) [more.dataset.other, more.textContent] = [more.textContent, other];
        if (more.type) more.setAttribute("aria-expanded", isOpen); // a copy's is not a button
      }
    },
  };
  const act = (button) => {
    const action = actions[button?.dataset.action];
    if (!action) return;
    action(button);
    use();
    return true;
  };
  const { signal } = controller;
  const row = section.querySelector(".slides");
  const loading =
    row?.children[1] && // one slide needs no carousel
    loadCarousel().then((carousel) => signal.aborted || carousel(root, section, row, { on, use, actions, signal }));
  on(section, "click", ({ target }) => {
    const button = target.closest("[data-action]");
    act(button) || loading?.then(() => act(button));
  });
  controls.stop = () => {
    running.delete(root);
    controller.abort();
  };
  running.set(root, controls);
  return controls.stop;
};
