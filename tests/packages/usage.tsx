// Every call of the documented JavaScript API, and every option, as TypeScript accepts it.
import { EMBED_INTEGRITY, EMBED_URL, loadTresta } from "tresta-widget";
import type { Layout, LoadOptions, TagAttributes, TelemetryData, Tresta, WidgetOptions, WidgetState } from "tresta-widget";
import { TrestaWidget, type TrestaWidgetProps } from "tresta-widget/react";

const load: LoadOptions = { src: EMBED_URL, integrity: EMBED_INTEGRITY, nonce: "abc", debug: true };
const tresta: Tresta = await loadTresta(load);
const same: Tresta = await (await loadTresta()).ready;
const there: Tresta | undefined = window.Tresta;

const tracker = new tresta.TelemetryTracker("widget-123", "1.0.0", {
  enabled: true,
  samplingRate: 0.01,
  endpoint: "https://api.tresta.app/telemetry",
});
tracker.startLoadTracking();
tracker.trackLoad("grid");
tracker.trackError("API_ERROR");
tracker.trackInteraction("carousel");
tracker.flush();
tracker.disable();
tracker.enable();
tracker.setSamplingRate(0.5);
const enabled: boolean = tracker.isEnabled();
const data: TelemetryData | null = tracker.getTelemetryData();
const loadTimes: number[] = data?.widgets.flatMap((report) => report.loads.map((each) => each.load_ms)) ?? [];
const plain = new same.TelemetryTracker("widget-123", "1.0.0");

const sampler = new tresta.TelemetrySampler(0.01);
const usual = new tresta.TelemetrySampler();
const chosen: boolean = sampler.shouldSample();
sampler.setSamplingRate(1);
const rate: number | null = usual.getSamplingRate();

const options: WidgetOptions = {
  widgetId: "w1",
  apiUrl: "https://api.tresta.app",
  telemetry: false,
  layout: "masonry",
  card: "glass",
  theme: "auto",
  primaryColor: "#1a73e8",
  secondaryColor: "#fff",
  backgroundColor: "#241a14",
  font: "Georgia, serif",
  language: "de",
  max: 12,
  autoplay: 0,
  showRating: true,
  showDate: false,
  showAvatar: true,
  showRole: true,
  showCompany: true,
  showVerified: true,
  showSummary: true,
};
const state: WidgetState = await tresta.mount("#reviews", options);
const again: WidgetState = await tresta.refresh(document.body);
tresta.unmount("w1");
const { status, widget, layout, count, code } = tresta.getState("w1");
const words: [string, string?, Layout?, number?, string?] = [status, widget, layout, count, code];

const attributes: TagAttributes = {
  widgetId: "w1",
  container: "#reviews",
  apiUrl: "https://api.tresta.app",
  telemetry: "true",
  minHeight: "360",
  runtime: "eager",
  debug: "true",
  nonce: "abc",
  layout: "grid",
  max: "12",
  showDate: "false",
};
Object.assign(document.createElement("script").dataset, attributes);

const props: TrestaWidgetProps = { ...options, ...load, id: "own", className: "own", style: { margin: 0 }, minHeight: 200 };
export const elements = [
  <TrestaWidget widgetId="w1" />,
  <TrestaWidget {...props} onState={(settled: WidgetState) => console.log(settled.status)} />,
];
export { there, plain, enabled, loadTimes, chosen, rate, state, again, words };
