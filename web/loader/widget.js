// One widget before Python is up: its content is displayed and usable until Python adopts it.
import { mayCount } from "./consent.js";
import { fetchContent } from "./content.js";
import { draw, nextPaint, timingEntry } from "./page.js";
import { releaseHeight } from "./place.js";
import { call, numberOf, request, start, views } from "./python.js";
import { applyAction, show } from "./view.js";

// Displays the content and hands the widget over to Python. If that fails, Python starts.
export const present = (tag, place, url, contentPromise, at) => {
  // `clicks` are functions that wait for Python, `number` is Python's for the place, `state` that of the displayed
  // widget, and `ready` resolves once Python has been told of the widget.
  const view = { clicks: [], number: numberOf(place) };
  views.set(place, view);
  view.ready = displayAndHandOver(view, tag, place, url, contentPromise, at).catch(() => start());
};

// False once the place has been unmounted.
const isCurrent = (view, place) => views.get(place) === view;

const displayAndHandOver = async (view, tag, place, url, contentPromise, at) => {
  const result = { url }; // Python's LoaderResult: widget/loader_result.py
  let content = await contentPromise;
  await display(view, tag, place, result, content);
  // If no byte came over the network, the content may be the browser's copy: ask the API whether it is up to date.
  if (content.text && !timingEntry(url)?.transferSize) {
    const answer = await fetchContent(url, content.id, "no-cache");
    result.is_copy = !answer.text;
    if (answer.text && answer.text !== content.text) {
      content = answer;
      await display(view, tag, place, result, content);
    }
  }
  if (!isCurrent(view, place)) return;
  mountInPython(view, tag, place, result, at);
  startWherePythonHasWork(tag, place, result, content);
};

// Shows the server's drawing, if there is one, and fills in the result.
const display = async (view, tag, place, result, content) => {
  result.drawn_by = "";
  try {
    if (isCurrent(view, place) && content.drawn) {
      show(place, content.drawn).onclick = (event) => handleClick(view, tag, place, event);
      view.state = content.drawn.state;
      result.drawn_by = content.drawn.version;
    }
  } catch {
    // the element may not allow a shadow root: Python reports that
  }
  result.shown_at_ms = await nextPaint();
  result.text = content.text && JSON.stringify({ ...content, text: 0, drawn: 0 }); // Python does not read the HTML
};

// Clicks that need Python wait for it. The others are handled here, and counted once Python is up.
const handleClick = (view, tag, place, { target }) => {
  const control = isCurrent(view, place) && target.closest("[data-action]");
  if (!control) return;
  if (!applyAction(place.shadowRoot, control.dataset)) {
    view.clicks.push(() => control.click());
    start();
  } else if (mayCount(tag, place)) view.clicks.push(() => call(view.number, "countUse"));
};

const mountInPython = (view, tag, place, result, at) => {
  // Without `telemetry`: Python reads that attribute itself, each time anew.
  request(place, "mount", [{ ...tag.dataset, telemetry: undefined }, result], [tag], at).then(({ widget }) => {
    if (!widget && !view.state) releaseHeight(place); // Python refused, or could not start
    for (const click of view.clicks) click();
  });
};

// Python counts this visit, draws what the server has not drawn, confirms a copy, and moves a carousel near the view.
const startWherePythonHasWork = (tag, place, result, content) => {
  const { mode, rate = "__RATE__" } = content.telemetry ?? {};
  if (mode !== "off" && !(draw() >= rate) && mayCount(tag, place)) start({ countsOnly: true });
  if (result.is_copy || !result.drawn_by || !content.drawn.still) {
    const onIntersection = (entries) => entries.some((entry) => entry.isIntersecting) && start();
    new IntersectionObserver(onIntersection, { rootMargin: "100%" }).observe(place); // one screen away
  }
};
