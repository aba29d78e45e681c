// Tresta.TelemetryTracker: it lives in Python, which starts for it only in a page view that it counts.
import { mayCount } from "./consent.js";
import { draw, now } from "./page.js";
import { call, numberOf, python, start } from "./python.js";
import { debug, isDebugging } from "./tags.js";

const METHODS =
  "startLoadTracking trackLoad trackError trackInteraction flush disable enable isEnabled setSamplingRate getTelemetryData";
const COUNT = /^track[EI]/; // trackError and trackInteraction
const NO_RESULT = { isEnabled: false, getTelemetryData: null };

const finalizer = new FinalizationRegistry((number) => call(number, "free"));

export class TelemetryTracker {
  #id;
  #rate;
  #isOff; // by its config
  #isDisabled; // by disable()
  #waiting = new Map(); // until Python is needed: the last call of each method, in order, which undoes those before it

  constructor(...args) {
    try {
      const [id, , config] = args;
      const { enabled, samplingRate = __RATE__ } = config ?? {};
      this.#id = id;
      this.#rate = samplingRate;
      this.#isOff = enabled === false;
      this.#waiting.set("new TelemetryTracker", [JSON.parse(JSON.stringify(args))]);
      if (isDebugging()) this.#moveToPython(); // which reports mistakes in the arguments
    } catch (error) {
      debug(`TelemetryTracker: ${error}`);
    }
  }

  static {
    for (const method of METHODS.split(" ")) {
      this.prototype[method] = function (...args) {
        return this.#call(method, args) ?? NO_RESULT[method];
      };
    }
  }

  #call(method, args) {
    if (method === "disable") this.#isDisabled = true;
    if (method === "enable") this.#isDisabled = false;
    if (method === "setSamplingRate" && Number.isFinite(args[0])) this.#rate = args[0];
    if (python) {
      this.#moveToPython();
      return call(numberOf(this), method, args);
    }
    const isAllowed = !this.#isOff && !this.#isDisabled && mayCount(this.#id);
    if (method === "isEnabled") return isAllowed;
    // What happens while someone refuses is not counted, even after a later consent.
    if (!isAllowed && COUNT.test(method)) return;
    const at = isAllowed ? now() : NaN;
    if (method === "getTelemetryData" || (isAllowed && draw() < this.#rate)) this.#moveToPython();
    if (!this.#waiting) call(numberOf(this), method, args, undefined, undefined, at);
    else {
      this.#waiting.delete(method); // so that it is the last in the order
      this.#waiting.set(method, [args, at]);
    }
  }

  #moveToPython() {
    if (!this.#waiting) return;
    const number = numberOf(this);
    start();
    for (const [method, [args, at]] of this.#waiting) call(number, method, args, undefined, undefined, at);
    this.#waiting = null;
    finalizer.register(this, number);
  }
}
