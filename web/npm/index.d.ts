/** How the testimonials are arranged. */
export type Layout = "grid" | "carousel" | "masonry" | "list" | "wall" | "marquee" | "badge";

/** The look of one testimonial. */
export type Card = "default" | "minimal" | "bordered" | "glass";

/** The colors. `auto` follows the visitor's system. */
export type Theme = "light" | "dark" | "auto";

/** What an owner can choose about a widget's look. The default of each is the widget's own. */
export interface WidgetDesign {
  layout?: Layout;
  card?: Card;
  theme?: Theme;
  /** `#rgb` or `#rrggbb`. */
  primaryColor?: string;
  /** `#rgb` or `#rrggbb`. */
  secondaryColor?: string;
  /** The color of your page behind the widget, `#rgb` or `#rrggbb`: dark or light cards take its hue. */
  backgroundColor?: string;
  /** Font names, such as `Georgia, serif`. */
  font?: string;
  /** A BCP 47 tag, such as `de`. The default is the page's `lang`. */
  language?: string;
  /** The most testimonials shown: a whole number from 1 to 100. */
  max?: number;
  /** Whole seconds that a slide of the carousel stays, from 2 to 60; 0: until the visitor moves it. */
  autoplay?: number;
  showRating?: boolean;
  showDate?: boolean;
  showAvatar?: boolean;
  showRole?: boolean;
  showCompany?: boolean;
  showVerified?: boolean;
  /** The score of all ratings above the testimonials. */
  showSummary?: boolean;
}

/** What `Tresta.mount` takes. */
export interface WidgetOptions extends WidgetDesign {
  /** The widget's id: 1 to 64 letters, digits, `-` or `_`. */
  widgetId: string;
  /** The server: content comes from it, and telemetry goes to it. The default is `https://api.tresta.app`. */
  apiUrl?: string;
  /** `false`: nothing is measured. `true`, the default, overrides nobody's no. */
  telemetry?: boolean;
}

/**
 * The `data-` attributes of the script tag, as its `dataset` has them. All are text.
 *
 * @example
 * const tag = document.createElement("script");
 * const attributes: TagAttributes = { widgetId: "w1", layout: "grid", showDate: "false" };
 * Object.assign(tag.dataset, attributes);
 */
export interface TagAttributes extends Partial<Record<keyof WidgetDesign, string>> {
  /** Without it the tag shows no widget, and only makes `window.Tresta`. */
  widgetId?: string;
  /** A CSS selector: the element that the widget is shown in. */
  container?: string;
  apiUrl?: string;
  /** Empty, `true`, `on`, `yes` or `1`; anything else is a no. */
  telemetry?: string;
  /** Pixels to reserve for the widget. The default is `360`. */
  minHeight?: string;
  /** `eager`: Python starts at once, before the page's `load` event. */
  runtime?: "eager";
  /** `true`: the browser's console says what is wrong. */
  debug?: "true";
  /** The nonce of your Content Security Policy, if the tag has none itself. */
  nonce?: string;
}

/** Where a widget can be found: an element, a CSS selector, or the widget's id. */
export type Target = Element | string;

/** What can go wrong while a widget loads, as telemetry counts it. */
export type WidgetErrorCode =
  | "API_ERROR"
  | "API_TIMEOUT"
  | "NOT_FOUND"
  | "UNAUTHORIZED"
  | "RATE_LIMITED"
  | "INVALID_CONTENT"
  | "RENDER_ERROR";

/** Why Python could not start: the `code` of the error that `Tresta.ready` rejects with. */
export type RuntimeErrorCode = "RUNTIME_CSP" | "RUNTIME_NETWORK" | "RUNTIME_TIMEOUT" | "RUNTIME_UNSUPPORTED";

/** A widget's state. While nothing else is known, it has only `status`, or `status` and `code`. */
export interface WidgetState {
  status: "loading" | "ready" | "empty" | "error" | "unmounted";
  /** The widget's id. */
  widget?: string;
  layout?: Layout;
  /** How many testimonials are shown. */
  count?: number;
  /** The last error; empty if there is none. */
  code?: WidgetErrorCode | RuntimeErrorCode | "";
}

/** What a tracker can be told. */
export interface TelemetryConfig {
  /** `false`: the tracker never counts. */
  enabled?: boolean;
  /** A fraction from 0 to 1. The default is 0.01: 1 page view in 100. */
  samplingRate?: number;
  /** The rate of errors, if it is higher than `samplingRate`. */
  samplingRateOnError?: number;
  /** The URL that batches are sent to. The default is that of the page's widgets. */
  endpoint?: string;
}

/** What one widget reports, exactly as it leaves the page. */
export interface WidgetReport {
  widget: string;
  version: string;
  /** The sampling rate: the report stands for 1/rate page views. */
  rate: number;
  loads: {
    layout: Layout | "unknown";
    load_ms: number;
    content_ms?: number;
    wanted_ms?: number;
    /** When Python was up; 0: no script tag waited for it. */
    ready_ms?: number;
  }[];
  /** How often each error code was counted. */
  errors: Record<string, number>;
  /** How often a control was used, by layout. */
  interactions: Partial<Record<Layout | "unknown", number>>;
}

/** What waits to be sent for one widget. */
export interface TelemetryData {
  /** Whether nobody says no. */
  enabled: boolean;
  /** Who says no; `null` if nobody does. */
  refused_by:
    | "config"
    | "disable"
    | "visitor"
    | "account"
    | "attribute"
    | "do_not_track"
    | "global_privacy_control"
    | "no_page"
    | "unreadable"
    | null;
  /** The sampling rate for what comes next. */
  rate: number;
  widgets: WidgetReport[];
}

/** Counts the loads, errors and interactions of one widget. None of its calls throws. */
export interface TelemetryTracker {
  /** The load time starts now. */
  startLoadTracking(): void;
  /** The load time ends now: the widget is shown in this layout. */
  trackLoad(layout: Layout): void;
  /** Counts an error. `code` has 1 to 48 of `A-Z 0-9 _` and begins with a letter; any other is counted as `INVALID_CODE`. */
  trackError(code: string): void;
  /** Counts one use of a control by the visitor. */
  trackInteraction(layout: Layout): void;
  /** Sends what waits on this page, of all its trackers, now. */
  flush(): void;
  /** Stops counting, and throws away what waits. */
  disable(): void;
  /** Undoes `disable()`, and nothing else: no call overrides somebody else's no. */
  enable(): void;
  /** Whether nobody says no. */
  isEnabled(): boolean;
  /** A fraction from 0 to 1, for what is counted from now on. */
  setSamplingRate(rate: number): void;
  /** What waits to be sent; `null` before Python runs. */
  getTelemetryData(): TelemetryData | null;
}

/** Makes random draws. */
export interface TelemetrySampler {
  /** A new draw at each call: `true` for a fraction of the calls, the sampling rate. */
  shouldSample(): boolean;
  /** A fraction from 0 to 1. */
  setSamplingRate(rate: number): void;
  /** The sampling rate; `null` if the sampler was made with something that is no rate. */
  getSamplingRate(): number | null;
}

/** `window.Tresta`. Calls before Python runs wait for it. No call throws. */
export interface Tresta {
  /** Runs a function soon. A page's own `window.Tresta = window.Tresta || {q: []}` makes functions wait for the script. */
  readonly q: { push(run: () => void): void };
  /** Starts Python. Resolves once it runs; is rejected with an error whose `code` is a `RuntimeErrorCode` if it cannot. */
  readonly ready: Promise<Tresta>;
  /** Starts Python, and shows a widget in an element. Resolves to its state once it has loaded, or failed to. */
  mount(target: Target, options: WidgetOptions): Promise<WidgetState>;
  /** Asks the server again. Resolves to the state after that. */
  refresh(target: Target): Promise<WidgetState>;
  /** Removes the widget: the element is as it was before. */
  unmount(target: Target): void;
  /** The state of a widget now. */
  getState(target: Target): WidgetState;
  /**
   * Makes a tracker of your own.
   *
   * @param widgetId 1 to 64 letters, digits, `-` or `_`
   * @param version three numbers, such as `1.0.0`
   */
  readonly TelemetryTracker: new (widgetId: string, version: string, config?: TelemetryConfig) => TelemetryTracker;
  /**
   * Makes a sampler of your own.
   *
   * @param rate a fraction from 0 to 1. The default is 0.01.
   */
  readonly TelemetrySampler: new (rate?: number) => TelemetrySampler;
}

/** What `loadTresta` takes. */
export interface LoadOptions {
  /** The URL of the embed script. The default is `EMBED_URL`. */
  src?: string;
  /**
   * The script's hash, for its `integrity` attribute. The default is `EMBED_INTEGRITY` for `EMBED_URL`, and no check
   * for another URL.
   */
  integrity?: string;
  /** The nonce of your Content Security Policy. */
  nonce?: string;
  /** `true`: the browser's console says what is wrong. */
  debug?: boolean;
}

/** The embed script that this version of the package was built with. The bytes at this URL never change. */
export const EMBED_URL: string;

/** The SHA-384 hash of the script at `EMBED_URL`, for an `integrity` attribute. */
export const EMBED_INTEGRITY: string;

/**
 * Loads `window.Tresta` into the page. However often it is called, it inserts one script.
 *
 * If `window.Tresta` exists already, or the script is already loading, the options have no effect. The promise is
 * rejected with an Error that says what to do if the script cannot be loaded, and on a server. After a failure the
 * next call tries again.
 */
export function loadTresta(options?: LoadOptions): Promise<Tresta>;

declare global {
  interface Window {
    /** Exists once the embed script has run. */
    Tresta?: Tresta;
  }
}
