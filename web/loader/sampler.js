// Tresta.TelemetrySampler, which needs no Python: as in widget/telemetry/sampler.py.
import { random } from "./page.js";
import { debug } from "./tags.js";

export class TelemetrySampler {
  #rate = null;

  constructor(rate = __RATE__) {
    this.setSamplingRate(rate);
  }

  shouldSample() {
    return random() < this.#rate;
  }

  setSamplingRate(rate) {
    if (Number.isFinite(rate)) this.#rate = Math.min(1, Math.max(0, rate));
    else debug("samplingRate must be a number");
  }

  getSamplingRate() {
    return this.#rate;
  }
}
