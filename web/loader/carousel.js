// The behaviour of a carousel: arrows, dots, keys, swipes and autoplay. controls.js loads it at the first sight of one.
// Follows https://www.w3.org/WAI/ARIA/apg/patterns/carousel/.

const SETTLED_MS = 120; // without scrollend events (Safari before 26), a row that has not moved for this long has stopped
const LONGEST_SCROLL_MS = 2000; // of a smooth scroll, on a busy machine
const ROUNDING_PX = 1; // the DOM's offsets are whole pixels

// Adds the actions of the carousel with this row of slides. `on`, `use`, `actions` and `signal` are those of controls.js.
export const carousel = (root, section, row, { on, use, actions, signal }) => {
  const find = (selector) => section.querySelector(selector);
  const slides = row.children;
  const dots = [...section.querySelectorAll(".dot")];
  const pause = find("button.pause");
  const announcement = find(".said");
  const period = find(".carousel").dataset.autoplay * 1000; // NaN: no autoplay
  let index = dots.findIndex((dot) => dot.hasAttribute("aria-current")); // of the slide at the start of the row
  let last = slides.length - 1; // the last slide that can be at the start: more slides fit beside it
  let width, turning, settling, isPointed;
  let landing; // while the row moves to where it was set to: the timer that ends this

  const offset = (n) => slides[n].offsetLeft - slides[0].offsetLeft;
  const step = () => Math.abs(offset(1)) || 1;
  const isPaused = () => pause.getAttribute("aria-pressed") === "true";
  const prefersLessMotion = () => matchMedia("(prefers-reduced-motion:reduce)").matches;

  const mark = () => {
    dots.forEach((dot, n) => {
      dot.hidden = n > last;
      if (n === index) dot.setAttribute("aria-current", "true");
      else dot.removeAttribute("aria-current");
    });
    find(".place").textContent = `${index + 1} / ${last + 1}`;
    find(".steer").hidden = !last;
    rotate();
  };
  const show = (n) => {
    index = (n + last + 1) % (last + 1);
    // Not scrollTo, which the host page may have replaced, nor scrollIntoView, which would also scroll the host page.
    row.style.scrollBehavior = prefersLessMotion() ? "auto" : "smooth";
    row.scrollLeft = offset(index);
    clearTimeout(landing);
    landing = setTimeout(land, LONGEST_SCROLL_MS);
    mark();
  };
  // The visitor's own step, which screen readers announce.
  const visit = (n) => {
    show(n);
    announcement.textContent = announcement.dataset.text?.replace("#", index + 1);
  };
  const rotate = () => {
    clearInterval(turning);
    if (period && last) turning = setInterval(advance, period);
  };
  const advance = () => {
    if (!section.isConnected) return clearInterval(turning);
    const isRead = isPointed || root.activeElement || document.visibilityState !== "visible";
    if (!(isRead || isPaused() || prefersLessMotion())) show(index + 1);
  };
  // The row has stopped. At a slide that was not set here, the visitor has swiped; unless a scroll that was set here has
  // not landed yet: browsers say that it has ended when the next one begins, some of them more than once.
  const settle = () => {
    const start = Math.min(last, Math.round(Math.abs(row.scrollLeft) / step()));
    if (start === index) landing = clearTimeout(landing);
    else if (!landing) {
      index = start;
      mark();
      use();
    }
  };
  const land = () => {
    landing = 0;
    settle();
  };
  // Shows as many dots as there are positions: a wider place shows more slides at once.
  const fit = () => {
    if (!row.clientWidth || row.clientWidth === width) return; // not laid out, or only the height has changed
    width = row.clientWidth;
    const gap = step() - slides[0].offsetWidth;
    const visible = Math.floor((width + gap + ROUNDING_PX) / step());
    last = Math.max(0, slides.length - Math.max(1, visible));
    index = Math.min(index, last);
    mark();
  };

  Object.assign(actions, {
    prev: () => visit(index - 1),
    next: () => visit(index + 1),
    go: ({ dataset }) => visit(Math.min(dataset.index, last)),
    pause: () => pause.setAttribute("aria-pressed", !isPaused()),
  });
  on(find(".carousel"), "keydown", (event) => {
    const { key, ctrlKey, altKey, metaKey } = event;
    const ahead = getComputedStyle(row).direction === "rtl" ? -1 : 1;
    const to = { ArrowLeft: index - ahead, ArrowRight: index + ahead, Home: 0, End: last }[key];
    if (ctrlKey || altKey || metaKey || to === undefined) return; // shortcuts of the browser and the system
    event.preventDefault();
    visit(to);
    use();
  });
  if ("onscrollend" in window) on(row, "scrollend", settle);
  else {
    on(row, "scroll", () => {
      clearTimeout(settling);
      settling = setTimeout(settle, SETTLED_MS);
    });
  }
  on(section, "pointerenter", () => (isPointed = true));
  on(section, "pointerleave", () => {
    isPointed = false;
    rotate();
  });
  on(section, "focusout", rotate);
  // In a task of its own: a change of a size in an observer's callback would be an uncaught error in the host page
  // (https://drafts.csswg.org/resize-observer/#deliver-resize-error).
  let fitting;
  const observer = new ResizeObserver(() => (fitting = setTimeout(fit)));
  observer.observe(row);
  fit();
  signal.onabort = () => {
    observer.disconnect();
    [turning, settling, landing, fitting].forEach(clearTimeout);
  };
};
