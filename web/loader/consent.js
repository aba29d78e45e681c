// Whether anybody is seen to say no to telemetry. It only saves starting Python, which asks everyone and decides.

const YES = /^\s*(true|on|yes|1)?\s*$/i; // a data-telemetry that leaves it on, as in widget/telemetry/consent.py
const NO = /^\s*(1|yes|true)\s*$/i; // Do Not Track and Global Privacy Control

export const mayCount = (...elements) => {
  try {
    const { doNotTrack, globalPrivacyControl } = navigator; // Python asks those of older browsers too
    return (
      ![doNotTrack, window.doNotTrack, globalPrivacyControl].some((said) => NO.test(said)) &&
      elements.every(({ dataset }) => YES.test(dataset.telemetry ?? ""))
    );
  } catch {
    return true; // in doubt Python is asked
  }
};
