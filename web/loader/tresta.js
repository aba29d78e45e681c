// window.Tresta: the API for the page's JavaScript, before and after Python is up.
import { now } from "./page.js";
import { findPlace, releaseHeight } from "./place.js";
import {
  NO_OBJECT,
  call,
  failure,
  forget,
  hasNumber,
  numberOf,
  python,
  ready,
  request,
  start,
  views,
} from "./python.js";
import { TelemetrySampler } from "./sampler.js";
import { adopt } from "./tag.js";
import { TelemetryTracker } from "./tracker.js";
import { clear } from "./view.js";

const UNMOUNTED = { status: "unmounted" };

// A function that calls a widget's method in Python and resolves to the widget's state.
const widgetMethod =
  (method) =>
  async (target, ...args) => {
    const place = findPlace(target);
    const at = now();
    const view = views.get(place);
    start({ rest: true });
    if (view) await view.ready;
    if (place instanceof Element) return request(place, method, args, [], at);
    call(NO_OBJECT, "mount", args, [target]); // Python reports the mistake
    return UNMOUNTED;
  };

export const tresta = Object.freeze({
  adopt,
  get ready() {
    start({ rest: true });
    return ready;
  },
  mount: widgetMethod("mount"),
  refresh: widgetMethod("refresh"),
  unmount(target) {
    const place = findPlace(target);
    if (!hasNumber(place)) return;
    if (views.delete(place)) clear(place);
    else call(numberOf(place), "unmount");
    forget(place);
    releaseHeight(place);
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
