// Whether anyone refuses telemetry, by the rules of widget/telemetry/consent.py: one refusal is enough.
import { selectorOf } from "./place.js";
import { tags } from "./tags.js";

const YES = /^\s*(true|on|yes|1)?\s*$/i; // values of data-telemetry that allow it
const NO = /^\s*(true|yes|1)\s*$/i; // values of Do Not Track and Global Privacy Control that refuse it

export const offWidgets = new Set(); // ids of widgets whose account is off

// `elements` belong to the widget with this id, beside its tags and the elements that the page names after it.
export const mayCount = (id, ...elements) => {
  try {
    const { globalPrivacyControl, doNotTrack, msDoNotTrack } = navigator;
    const found = document.querySelectorAll(`[data-widget-id="${id}"],${selectorOf(id)}`);
    return (
      !offWidgets.has(id) &&
      ![doNotTrack, msDoNotTrack, globalPrivacyControl, window.doNotTrack].some((signal) => NO.test(signal)) &&
      [...elements, ...tags.filter(({ dataset }) => dataset.widgetId === id), ...found].every(({ dataset }) =>
        YES.test(dataset.telemetry ?? ""),
      )
    );
  } catch {
    return false; // a page that throws here has not agreed
  }
};
