// window.Tresta: the API for the page's JavaScript, before and after Python is up.
import { leave } from "./claims.js";
import { now } from "./page.js";
import { findPlace } from "./place.js";
import { NO_OBJECT, call, claims, failure, hasNumber, numberOf, python, ready, request, start, views } from "./python.js";
import { TelemetrySampler } from "./sampler.js";
import { adopt } from "./tag.js";
import { TelemetryTracker } from "./tracker.js";

const UNMOUNTED = { status: "unmounted" };

// A function that calls a widget's method in Python and resolves to the widget's state.
const widgetMethod =
  (method) =>
  async (target, ...args) => {
    const place = findPlace(target);
    const at = now();
    const view = views.get(place);
    start(true);
    if (view) await view.ready;
    if (place?.attachShadow) return request(place, method, args, [], at); // an element, also one of a frame
    call(NO_OBJECT, "mount", args, [target]); // Python reports the mistake
    return UNMOUNTED;
  };

export const tresta = Object.freeze({
  adopt,
  // Functions of a page that ran before the tag did: window.Tresta = window.Tresta || { q: [] }.
  q: { push: (each) => void setTimeout(each) },
  get ready() {
    start(true);
    return ready;
  },
  mount: widgetMethod("mount"),
  refresh: widgetMethod("refresh"),
  unmount(target) {
    const place = findPlace(target);
    if (!hasNumber(place)) return;
    for (const claim of claims) if (claim.place === place) claims.delete(claim);
    leave(place);
  },
  getState(target) {
    const place = findPlace(target);
    if (!hasNumber(place)) return UNMOUNTED;
    const state = views.get(place)?.state || (python && call(numberOf(place), "getState"));
    return state || JSON.parse(failure || '{"status":"loading"}');
  },
  TelemetryTracker,
  TelemetrySampler,
});
