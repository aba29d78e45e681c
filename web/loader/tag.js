// One script tag: it claims the widget's place and fetches the content, or lets Python report a mistake in it.
import { leave, settle } from "./claims.js";
import { mayCount } from "./consent.js";
import { contentOf, contentUrl } from "./content.js";
import { findAll, selectorOf } from "./place.js";
import { NO_OBJECT, call, claims, hasNumber, start } from "./python.js";
import { createElement, debug, isDebugging, tags } from "./tags.js";
import { present } from "./widget.js";

// `at` is the time when the tag ran.
export const adopt = (tag, at) => {
  const { widgetId, container, runtime } = tag.dataset;
  const selector = container || selectorOf(widgetId);
  const eager = runtime === "eager";
  for (const view of claims) {
    if (view.selector === selector && !view.tag.isConnected) {
      // The page has rendered this tag anew, perhaps with other attributes.
      if (tag.isEqualNode(view.tag)) return (view.tag = tag), settle();
      claims.delete(view);
      if (view.place) leave(view.place);
    }
  }
  tags.push(tag);
  if (!widgetId) {
    tag.dataset.widgetId = ""; // Python looks for data-debug in elements that have this attribute
    return debug("no data-widget-id");
  }
  if (eager || isDebugging()) start(false, eager); // with data-debug, Python reports mistakes in the tag
  try {
    const url = contentUrl(tag);
    // The build inserts the pattern of widget/telemetry/schema.py.
    if (!/^(?:__WIDGET_ID__)$/.test(widgetId) || !/^http/.test(url)) throw tag;
    call(NO_OBJECT, "register", [tag.dataset]);
    let isTold, placedTag;
    const view = {
      id: widgetId,
      tag,
      selector,
      // When its load began; undefined: it begins when there is a place; NaN: it is not to be counted. A load that began
      // while someone refused is not counted, even after a later consent.
      at: mayCount(widgetId) ? at : NaN,
      uses: [], // the times of the visitor's uses of its controls
      content: contentOf(url, widgetId),
      result: { url: url.href }, // Python's LoaderResult: widget/loader_result.py
      // The first element without a widget. A place that holds a widget is left alone.
      find() {
        const places = findAll(selector);
        let place = places.find((each) => !hasNumber(each));
        if (place) placedTag = view.tag;
        if (place || document.readyState === "loading") return place; // else the parser may not have reached it yet
        if (places[0]) claims.delete(view);
        // A tag that had a place of the page's own waits for it: the page has taken it away, and may render it anew.
        else if (!container && placedTag !== view.tag && view.tag.closest("body")) {
          view.tag.after((place = createElement("div", { id: "tresta-widget-" + widgetId })));
          return place;
        } else if (!view.state) view.at = undefined;
        isTold ||= !debug(`no free ${selector}`);
      },
      show: (place) => present(view, place),
    };
    claims.add(view);
    settle();
  } catch {
    call(NO_OBJECT, "mount", [tag.dataset], [tag]);
  }
};
