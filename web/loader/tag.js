// One script tag: it reserves the widget's place and fetches the content, or lets Python report a mistake in it.
import { mayCount } from "./consent.js";
import { contentUrl, fetchContent } from "./content.js";
import { findPlace, reserveHeight } from "./place.js";
import { NO_OBJECT, call, hasNumber, numberOf, start } from "./python.js";
import { createElement, debug, tags } from "./tags.js";
import { present } from "./widget.js";

const WIDGET_ID = /^(?:__WIDGET_ID__)$/; // the build inserts the pattern of widget/telemetry/schema.py

// `at` is the time when the tag ran.
export const adopt = (tag, at) => {
  const { widgetId, runtime } = tag.dataset;
  const eager = runtime === "eager";
  tags.push(tag);
  if (!widgetId) {
    tag.dataset.widgetId = ""; // Python looks for data-debug in elements that have this attribute
    return debug("This tag has no data-widget-id and shows no widget. Tresta.mount can show one.");
  }
  if (eager || tag.dataset.debug === "true") start({ eager }); // with data-debug, Python reports mistakes in the tag
  try {
    const url = contentUrl(tag);
    if (!WIDGET_ID.test(widgetId) || !/^http/.test(url.protocol)) throw "invalid tag";
    call(NO_OBJECT, "register", [tag.dataset]);
    // NaN: a load that began while someone refused is not counted, even after a later consent.
    reservePlace(tag, url, fetchContent(url, widgetId, "force-cache"), mayCount(widgetId) ? at : NaN);
  } catch {
    call(NO_OBJECT, "mount", [tag.dataset], [tag]);
  }
};

const reservePlace = (tag, url, contentPromise, at) => {
  const { widgetId, container, minHeight } = tag.dataset;
  const id = `tresta-widget-${widgetId}`;
  const selector = container || `#${id}`;
  let place = findPlace(selector);
  if (!place && document.readyState === "loading") {
    // The parser may not have reached the element yet.
    return document.addEventListener("DOMContentLoaded", () => reservePlace(tag, url, contentPromise, at));
  }
  if (!place && !container && tag.closest("body")) tag.after((place = createElement("div", { id })));
  if (!place || hasNumber(place)) {
    // Python reports that there is no element, or that it holds a widget already.
    return call(numberOf(place || tag), "mount", [{ widgetId }], [place || selector]);
  }
  reserveHeight(place, minHeight);
  present(tag, place, url, contentPromise, at);
};
