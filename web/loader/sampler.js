// Tresta.TelemetrySampler, which needs no Python: as in widget/telemetry/sampler.py.
import { random } from "./page.js";
import { debug } from "./tags.js";

export class TelemetrySampler {
  constructor(rate = __RATE__) {
    let current = null;
    this.shouldSample = () => random() < current;
    this.getSamplingRate = () => current;
    this.setSamplingRate = (value) => {
      if (Number.isFinite(value)) current = Math.min(1, Math.max(0, value));
      else debug("samplingRate must be a number");
    };
    this.setSamplingRate(rate);
  }
}
