// Tresta.TelemetryTracker: it lives in Python, which starts for it only in a page view that it counts.
import { mayCount } from "./consent.js";
import { draw, now, toText } from "./page.js";
import { call, numberOf, python, start } from "./python.js";
import { debug, isDebugging } from "./tags.js";

const METHODS =
  "startLoadTracking trackLoad trackError trackInteraction flush disable enable isEnabled setSamplingRate getTelemetryData";

const finalizer = new FinalizationRegistry((number) => call(number, "free"));

export class TelemetryTracker {
  constructor(...args) {
    // Until Python is needed: the last call of each method, in order, which undoes those before it.
    const waiting = new Map();
    let [id, , config] = args;
    let isInPython, isDisabled; // by disable()
    let rate = config?.samplingRate ?? __RATE__;

    const moveToPython = () => {
      start();
      for (const each of waiting.values()) run(...each);
      waiting.clear();
      if (!isInPython) finalizer.register(this, numberOf(this));
      isInPython = true;
    };
    const run = (method, args, at) => call(numberOf(this), method, args, undefined, undefined, at);
    const answer = (method, args) => {
      if (/able$/.test(method)) isDisabled = /^d/.test(method);
      if (method === "setSamplingRate" && args[0] >= 0) rate = args[0];
      const isAllowed = config?.enabled !== false && !isDisabled && mayCount(id);
      if (!python) {
        if (method === "isEnabled") return isAllowed;
        // What happens while someone refuses is not counted, even after a later consent.
        if (!isAllowed && /^track[EI]/.test(method)) return; // trackError and trackInteraction
      }
      const isInSample = draw() < rate || (method === "trackError" && draw() < config?.samplingRateOnError);
      if (python || method === "getTelemetryData" || (isAllowed && isInSample)) moveToPython();
      const each = [method, args, isAllowed ? now() : NaN];
      if (isInPython) return run(...each);
      waiting.delete(method); // so that it is the last in the order
      waiting.set(method, each);
    };
    for (const method of METHODS.split(" "))
      this[method] = (...args) => answer(method, args) ?? (method === "isEnabled" ? false : null);

    try {
      waiting.set(0, ["new TelemetryTracker", JSON.parse(toText(args))]);
      if (isDebugging()) moveToPython(); // which reports mistakes in the arguments
    } catch (error) {
      debug(`TelemetryTracker ${error}`);
    }
  }
}
