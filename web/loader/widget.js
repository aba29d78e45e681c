// One widget before Python is up: its content is displayed and usable until Python adopts it.
import { mayCount, offWidgets } from "./consent.js";
import { fetchContent } from "./content.js";
import { draw, nextPaint, now, timingEntry } from "./page.js";
import { releaseHeight } from "./place.js";
import { call, numberOf, request, start, views } from "./python.js";
import { reported } from "./report.js";
import { show } from "./view.js";

// Displays the content and hands the widget over to Python. If that fails, Python starts.
export const present = (tag, place, url, contentPromise, at) => {
  const view = {
    id: tag.dataset.widgetId,
    place,
    at, // when its load began; NaN: that load is not to be counted
    uses: [], // the times of the visitor's uses of its controls
    result: { url }, // Python's LoaderResult: widget/loader_result.py
  };
  views.set(place, view);
  numberOf(place); // from now on, the place is known to hold a widget
  view.ready = displayAndHandOver(view, tag, contentPromise).catch(() => start()); // resolves once Python has been told of it
};

// False once the place has been unmounted.
const isCurrent = (view) => views.get(view.place) === view;

const displayAndHandOver = async (view, tag, contentPromise) => {
  const { id, result } = view;
  await display(view, await contentPromise);
  // If no byte came over the network, the content may be the browser's copy: ask the API whether it is up to date.
  const { text } = view.content;
  if (text && !timingEntry(result.url)?.transferSize) {
    const answer = await fetchContent(result.url, id, "no-cache");
    result.is_copy = !answer.text;
    if (answer.text && answer.text !== text) await display(view, answer);
  }
  if (!isCurrent(view)) return;
  mountInPython(view, tag);
  if (result.is_copy || !result.drawn_by) {
    // Python confirms the copy, or draws what the server has not drawn.
    const onIntersection = (entries) => entries.some((entry) => entry.isIntersecting) && start();
    new IntersectionObserver(onIntersection, { rootMargin: "100%" }).observe(view.place); // one screen away
  }
};

// Shows the server's drawing, if there is one, and fills in the result. Starts Python if it has to count this visit.
const display = async (view, content) => {
  const { id, place, result } = view;
  const { text, drawn, telemetry } = content;
  view.content = content;
  result.drawn_by = "";
  try {
    if (isCurrent(view) && drawn) {
      show(place, drawn, () => countUse(view));
      view.state = drawn.state;
      result.drawn_by = drawn.version;
    }
  } catch {
    // the element may not allow a shadow root: Python reports that
  }
  result.shown_at_ms = await nextPaint();
  result.text = text && JSON.stringify({ ...content, text: 0, drawn: 0 }); // Python does not read the HTML
  const { mode, rate = __RATE__ } = telemetry ?? {};
  view.rate = rate;
  offWidgets[mode === "off" ? "add" : "delete"](id);
  if (draw() < rate && mayCount(id, place)) {
    reported.add(view);
    start();
  }
};

// Uses wait for Python, or for the report of a visit that ends before.
const countUse = (view) => {
  const { id, place, uses } = view;
  if (!isCurrent(view)) call(numberOf(place), "countUse");
  else if (mayCount(id, place)) uses.push(now());
};

const mountInPython = (view, tag) => {
  const { place } = view;
  // Without `telemetry`: Python reads that attribute itself, each time anew.
  request(place, "mount", [{ ...tag.dataset, telemetry: undefined }, view.result], [tag]).then(({ widget }) => {
    if (!widget && !view.state) releaseHeight(place); // Python refused, or could not start
  });
};
