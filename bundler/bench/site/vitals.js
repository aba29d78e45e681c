// Core Web Vitals as reported by Google's library, which comes before this in the page.
window.vitals = { lcp_ms: 0, cls: 0, inp_ms: 0 };
const every = { reportAllChanges: true, durationThreshold: 0 };
webVitals.onLCP(({ value }) => (vitals.lcp_ms = value), every);
webVitals.onCLS(({ value }) => (vitals.cls = value), every);
webVitals.onINP(({ value }) => (vitals.inp_ms = value), every);
