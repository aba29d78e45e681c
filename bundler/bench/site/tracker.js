// The time that tracker calls from the page's JavaScript take, with the way into Python and back.
async () => {
  const ERRORS = 200, ROUNDS = 10, CODES = 20, LOADS = 36;
  const LAYOUTS = ["grid", "carousel", "masonry", "list", "wall", "marquee"];
  const { TelemetryTracker } = await Tresta.ready;
  const settings = { samplingRate: 1 };
  const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  const time = (work) => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  const each = (call) => {
    const many = () => { for (let n = 0; n < ERRORS; n++) call(); };
    many();
    return (1000 * median(Array.from({ length: ROUNDS }, () => time(many)))) / ERRORS; // microseconds
  };
  const tracker = new TelemetryTracker("bench", "1.0.0", settings);
  const crossing_us = each(() => tracker.isEnabled());
  const track_error_us = each(() => tracker.trackError("API_ERROR"));
  tracker.flush();

  // A full batch: the reports of three widgets, with as many codes and loads as fit into 8192 bytes.
  const sendBeacon = navigator.sendBeacon;
  const bodies = [];
  const beacons = [];
  navigator.sendBeacon = (url, body) => {
    bodies.push(body);
    let queued;
    beacons.push(time(() => (queued = sendBeacon.call(navigator, url, body))));
    return queued;
  };
  const trackers = ["a", "b", "c"].map((letter) => new TelemetryTracker(letter, "1.0.0", settings));
  const fill = (one) => {
    for (let n = 0; n < CODES; n++) one.trackError(`E${n}`.padEnd(24, "_"));
    for (const layout of LAYOUTS) one.trackInteraction(layout);
    for (let n = 0; n < LOADS; n++) {
      one.startLoadTracking();
      one.trackLoad("carousel");
    }
  };
  const flushes = [];
  for (let n = 0; n < ROUNDS; n++) {
    trackers.forEach(fill);
    flushes.push(time(() => tracker.flush()));
    await new Promise((done) => setTimeout(done, 50)); // browsers allow 64 KB of beacons in flight
  }
  navigator.sendBeacon = sendBeacon;
  const batch_bytes = median(bodies.map((body) => new Blob([body]).size));
  const flush_ms = median(flushes);
  const beacon_ms = median(beacons); // the browser's own part of a flush
  return { crossing_us, track_error_us, flush_ms, beacon_ms, batch_bytes, batches: bodies.length };
};
