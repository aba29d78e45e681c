// Whether anyone refuses telemetry. This only saves starting Python, which reads all signals again and decides.

const YES = /^\s*(true|on|yes|1)?\s*$/i; // values of data-telemetry that allow it, as in widget/telemetry/consent.py
const NO = /^\s*(1|yes|true)\s*$/i; // values of Do Not Track and Global Privacy Control that refuse it

export const mayCount = (...elements) => {
  try {
    const { doNotTrack, globalPrivacyControl } = navigator; // Python also reads those of older browsers
    return (
      ![doNotTrack, window.doNotTrack, globalPrivacyControl].some((signal) => NO.test(signal)) &&
      elements.every(({ dataset }) => YES.test(dataset.telemetry ?? ""))
    );
  } catch {
    return true; // Python decides
  }
};
