// Wrong uses. Each line that ends in a TypeScript error's number has that error, and no other line has one.
import { loadTresta } from "tresta-widget";
import { TrestaWidget } from "tresta-widget/react";
import * as package_ from "tresta-widget/release.js"; // TS2307

const tresta = await loadTresta();
const tracker = new tresta.TelemetryTracker("w1", "1.0.0");
const sampler = new tresta.TelemetrySampler();

await loadTresta("https://cdn.tresta.app/embed.js"); // TS2559
await loadTresta({ debug: "true" }); // TS2322
window.Tresta.refresh("w1"); // TS18048
await tresta.mount("#reviews"); // TS2554
await tresta.mount("#reviews", { layout: "grid" }); // TS2345
await tresta.mount("#reviews", { widgetId: 1 }); // TS2322
await tresta.mount("#reviews", { widgetId: "w1", layout: "cards" }); // TS2322
await tresta.mount("#reviews", { widgetId: "w1", max: "12" }); // TS2322
await tresta.mount("#reviews", { widgetId: "w1", showDate: "no" }); // TS2322
await tresta.mount("#reviews", { widgetId: "w1", telemetry: "off" }); // TS2322
await tresta.mount("#reviews", { widgetId: "w1", container: "#own" }); // TS2353
await tresta.mount(document.querySelector("#reviews"), { widgetId: "w1" }); // TS2345
const count: number = tresta.getState("w1").count; // TS2322
tresta.ready = Promise.resolve(tresta); // TS2540
tresta.adopt(document.body); // TS2339
new tresta.TelemetryTracker("w1"); // TS2554
new tresta.TelemetryTracker("w1", "1.0.0", { samplingrate: 1 }); // TS2561
new tresta.TelemetrySampler("0.01"); // TS2345
tracker.trackLoad("gird"); // TS2345
tracker.trackLoad(); // TS2554
tracker.trackError(404); // TS2345
tracker.setSamplingRate("1"); // TS2345
tracker.getTelemetryData().rate; // TS2531
sampler.getSamplingRate().toFixed(2); // TS2531

export const elements = [
  <TrestaWidget />, // TS2741
  <TrestaWidget widgetId="w1" layout="cards" />, // TS2322
  <TrestaWidget widgetId="w1" onState={(state: string) => state} />, // TS2322
  <TrestaWidget widgetId="w1" onClick={() => {}} />, // TS2322
];
export { count, package_ };
