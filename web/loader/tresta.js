// window.Tresta: what JavaScript of the page can do, before and after Python is up.
import { now } from "./page.js";
import { call, failed, forget, isKnown, numberOf, python, ready, request, start, views } from "./python.js";
import { adopt, find, giveBack } from "./tag.js";
import { clear } from "./view.js";

const GONE = { status: "unmounted" };
// What is answered while nobody can know better; nothing by all others.
const UNKNOWN = { isEnabled: false, shouldSample: false, getTelemetryData: null, getSamplingRate: null };

const freed = new FinalizationRegistry((number) => call(number, "free"));

// A class whose objects live in Python.
const remote = (name, methods) => {
  const Remote = class {
    constructor(...args) {
      start();
      call(numberOf(this), `new ${name}`, args);
      freed.register(this, numberOf(this));
    }
  };
  for (const method of methods.split(" ")) {
    Remote.prototype[method] = function (...args) {
      return call(numberOf(this), method, args) ?? UNKNOWN[method];
    };
  }
  return Remote;
};

// What takes time: a promise of the state in which it ends.
const remotely = (method) => async (target, ...args) => {
  const place = find(target);
  const at = now();
  const view = views.get(place);
  start();
  if (view) await view.presented; // Python is told of the widget first
  if (place instanceof Element) return request(place, method, args, [], at);
  call(0, "mount", args, [target]); // Python says what is wrong with it
  return GONE;
};

export const tresta = Object.freeze({
  adopt,
  get ready() {
    start(); // who waits for Python wants it
    return ready;
  },
  mount: remotely("mount"),
  refresh: remotely("refresh"),
  unmount(target) {
    const place = find(target);
    if (!isKnown(place)) return;
    if (views.delete(place)) clear(place);
    else call(numberOf(place), "unmount");
    forget(place);
    giveBack(place);
  },
  getState(target) {
    const place = find(target);
    if (!isKnown(place)) return GONE;
    const known = views.get(place)?.state || (python && call(numberOf(place), "getState"));
    return known || JSON.parse(failed || '{"status":"loading"}');
  },
  TelemetryTracker: remote(
    "TelemetryTracker",
    "startLoadTracking trackLoad trackError trackInteraction flush disable enable isEnabled setSamplingRate getTelemetryData",
  ),
  TelemetrySampler: remote("TelemetrySampler", "shouldSample setSamplingRate getSamplingRate"),
});
