// One script tag: its place is kept, its content shown at first sight, and Python called where it has work.
import { mayCount } from "./consent.js";
import { ask, contentUrl } from "./content.js";
import { draw, entry, make, painted } from "./page.js";
import { call, isKnown, numberOf, request, start, tags, views } from "./python.js";
import { act, show } from "./view.js";

const MIN_HEIGHT_PX = 360; // the place kept for a widget, unless data-min-height says otherwise
const WIDGET_ID = /^(?:__WIDGET_ID__)$/; // put in by the build from widget/telemetry/schema.py

const kept = new WeakSet(); // elements whose height we keep

export const giveBack = (place) => {
  if (kept.delete(place)) place.style.minHeight = "";
};

export const find = (target) => {
  if (typeof target !== "string") return target;
  try {
    return document.getElementById(`tresta-widget-${target}`) || document.querySelector(target);
  } catch {
    return null; // not a selector
  }
};

export const adopt = (tag, at) => {
  const { widgetId, runtime, debug } = tag.dataset;
  tags.push(tag);
  // Mistakes in the tag are said by Python, to who asked for it.
  if (runtime === "eager" || debug === "true") start(runtime);
  try {
    const url = contentUrl(tag);
    if (!WIDGET_ID.test(widgetId) || !/^http/.test(url.protocol)) throw 0;
    call(0, "know", [tag.dataset]);
    // What began before a yes is not counted after it.
    stand(tag, url, ask(url, widgetId, "force-cache"), mayCount(tag) ? at : NaN);
  } catch {
    call(0, "mount", [tag.dataset], [tag]);
  }
};

const stand = (tag, url, asked, at) => {
  const { widgetId, container, minHeight = MIN_HEIGHT_PX } = tag.dataset;
  const id = `tresta-widget-${widgetId}`;
  const selector = container || `#${id}`;
  let place = find(selector);
  if (!place && document.readyState === "loading") {
    return document.addEventListener("DOMContentLoaded", () => stand(tag, url, asked, at)); // it may still come
  }
  if (!place && !container && tag.closest("body")) tag.after((place = make("div", { id })));
  // No element, or another widget's: Python will say which.
  if (!place || isKnown(place)) return call(numberOf(place || tag), "mount", [{ widgetId }], [place || selector]);
  const style = getComputedStyle(place);
  if (!parseFloat(style.minHeight)) {
    place.style.minHeight = (+minHeight || 0) + "px"; // the place is kept, so that nothing shifts
    kept.add(place);
  }
  if (style.display === "inline") place.style.display = "block";
  const view = { waiting: [] }; // clicks that wait for Python
  views.set(place, view);
  view.presented = present(view, tag, place, url, asked, at).catch(() => start());
};

const present = async (view, tag, place, url, asked, at) => {
  const sight = { url }; // what Python gets to know: FirstSight of widget/mount.py
  const isOurs = () => views.get(place) === view; // else unmounted meanwhile
  const number = numberOf(place);
  let answer;

  const display = async (next) => {
    answer = next;
    sight.drawn_by = "";
    try {
      if (isOurs() && answer.drawn) {
        show(place, answer.drawn);
        place.shadowRoot.addEventListener("click", click); // once, however often it is drawn
        view.state = answer.drawn.state;
        sight.drawn_by = answer.drawn.version;
      }
    } catch {
      // such as an element that cannot hold a widget: Python says so
    }
    sight.shown_at_ms = await painted();
    sight.text = answer.text && JSON.stringify({ ...answer, text: 0, drawn: 0 }); // Python does not read the markup
  };

  // Until Python answers clicks they are done here, or done again once it can, and counted then.
  const click = ({ target }) => {
    const control = isOurs() && target.closest("[data-action]");
    if (!control) return;
    if (!act(place.shadowRoot, control.dataset)) {
      view.waiting.push(() => control.click());
      start();
    } else if (mayCount(tag, place)) view.waiting.push(() => call(number, "countUse"));
  };

  await display(await asked);
  // Out of the browser's cache, as nothing came over the wire; the same where the browser does not tell.
  if (answer.text && !entry(url)?.transferSize) {
    const confirmed = await ask(url, answer.id, "no-cache");
    sight.is_copy = !confirmed.text;
    if (confirmed.text && confirmed.text !== answer.text) await display(confirmed);
  }
  if (!isOurs()) return;

  const options = { ...tag.dataset, telemetry: undefined }; // Python asks the attribute itself, each time anew
  request(place, "mount", [options, sight], [tag], at).then(({ widget }) => {
    if (!widget && !view.state) giveBack(place); // refused, or Python could not start
    for (const go of view.waiting) go();
  });
  const { mode, rate = "__RATE__" } = answer.telemetry ?? {};
  if (mode !== "off" && !(draw() >= rate) && mayCount(tag, place)) start(0, 1);
  if (sight.is_copy || !sight.drawn_by || !answer.drawn.still) {
    const look = (entries) => entries.some((entry) => entry.isIntersecting) && start();
    new IntersectionObserver(look, { rootMargin: "100%" }).observe(place); // one screen away
  }
};
