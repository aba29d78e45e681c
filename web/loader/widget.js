// One widget before Python is up: its content is displayed and usable until Python adopts it.
import { mayCount, offWidgets } from "./consent.js";
import { contentOf } from "./content.js";
import { draw, nextPaint, now, timingEntry, toText } from "./page.js";
import { releaseHeight, reserveHeight } from "./place.js";
import { call, numberOf, request, start, views } from "./python.js";
import { reported } from "./report.js";
import { show } from "./view.js";

// Displays the view of tag.js in this place and hands the widget over to Python. If that fails, Python starts.
export const present = (view, place) => {
  view.at ??= mayCount(view.id) ? now() : NaN;
  views.set(place, view);
  numberOf(place); // from now on, the place is known to hold a widget
  view.ready = displayAndHandOver(view, place).catch(() => start()); // resolves once Python has been told of it
};

const displayAndHandOver = async (view, place) => {
  const { id, tag, result } = view;
  const isCurrent = () => views.get(place) === view; // false once the place has been unmounted

  // Shows the server's drawing, if there is one, and fills in the result. Starts Python if it has to count this visit.
  const display = async ({ text, drawn, telemetry, ...content }) => {
    result.drawn_by = "";
    try {
      if (isCurrent() && drawn) {
        show(place, drawn, countUse);
        view.state = drawn.state;
        result.drawn_by = drawn.version;
      }
    } catch {
      // the element may not allow a shadow root: Python reports that
    }
    result.shown_at_ms ??= await nextPaint();
    result.text = text && toText({ telemetry, ...content }); // Python does not read the HTML
    view.rate = telemetry?.rate ?? __RATE__;
    view.variant = content.variant?.code;
    offWidgets[telemetry?.mode === "off" ? "add" : "delete"](id);
    if (draw() < view.rate && mayCount(id, place)) {
      reported.add(view);
      start();
    }
  };

  // Uses wait for Python, or for the report of a visit that ends before.
  const countUse = () => {
    if (!isCurrent()) call(numberOf(place), "countUse");
    else if (mayCount(id, place)) view.uses.push(now());
  };

  reserveHeight(place, tag.dataset.minHeight);
  const content = await view.content;
  await display(content);
  // If no byte came over the network, the content may be the browser's copy: ask the API whether it is up to date.
  const { text } = content;
  if (text && !timingEntry(result.url)?.transferSize) {
    const answer = await contentOf(result.url, id, "no-cache");
    result.is_copy = !answer.text;
    if (answer.text && answer.text !== text) await display((view.content = answer));
  }
  if (!isCurrent()) return;
  // Without `telemetry`: Python reads that attribute itself, each time anew.
  request(place, "mount", [{ ...tag.dataset, telemetry: undefined }, result], [tag]).then(({ widget }) => {
    if (!widget && !view.state) releaseHeight(place); // Python refused, or could not start
  });
  if (result.is_copy || !result.drawn_by) {
    // Python confirms the copy, or draws what the server has not drawn.
    const onIntersection = (entries) => entries.some((entry) => entry.isIntersecting) && start();
    new IntersectionObserver(onIntersection, { rootMargin: "100%" }).observe(place); // one screen away
  }
};
