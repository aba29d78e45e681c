// Reports a page view in the sample that is hidden before Python is up, as Python would: once, and in the words of
// widget/telemetry/schema.py.
import { mayCount } from "./consent.js";
import { isHidden, toText } from "./page.js";
import { failureCode, sent, views } from "./python.js";

const MAX_REPORTS = 30; // in a batch: even with the longest ids they fit into its bytes

export const reported = new Set(); // the views of widgets in the sample

const send = async (url, body) => {
  sent.push(body); // throws if the list is frozen
  try {
    if (navigator.sendBeacon(url, body) === true) return;
  } catch {
    // there is no beacon, or the host page has replaced it
  }
  await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", method: "POST", keepalive: true, body });
};

const sendReports = () => {
  const batches = {}; // reports by endpoint: those of all widgets of a page belong together
  for (const view of reported) {
    const { id, place, rate, at, uses, result, state, variant } = view;
    if (views.get(place) !== view) continue; // Python counts the widget, or it was unmounted
    const layout = state?.layout;
    const code = result.is_copy ? "__API_ERROR__" : failureCode;
    const load_ms = Math.round(result.shown_at_ms - at); // NaN: not seen, or not to be counted
    const isLoad = layout && !result.is_copy && load_ms >= 0 && load_ms <= __MAX_LOAD_MS__;
    if (code) reported.delete(view); // it has ended
    view.at = NaN;
    view.uses = [];
    if ((code || isLoad || uses[0]) && mayCount(id, place)) {
      (batches[new URL("../../../telemetry", result.url)] ??= []).push({
        widget: id,
        version: "__VERSION__",
        rate,
        loads: isLoad ? [{ layout, load_ms }] : [],
        errors: code ? { [code]: 1 } : {},
        interactions: uses[0] ? { [layout]: uses.length } : {},
        variant, // undefined, which JSON leaves out, if there is no experiment
      });
    }
  }
  for (const [url, all] of Object.entries(batches)) {
    while (all[0]) {
      send(
        url,
        toText({ schema: __SCHEMA__, digest: "__DIGEST__", widgets: all.splice(0, MAX_REPORTS) }),
      ).catch(() => {}); // the batch is lost
    }
  }
};

// Once in a page. pagehide as well: in Safari not every way to leave a page fires visibilitychange, as
// widget/page/browser.py says.
export const watchEnd = () => {
  addEventListener("pagehide", sendReports);
  document.addEventListener("visibilitychange", () => isHidden() && sendReports());
};
