// The place of a widget: an element of the host page, and the height reserved in it.

const MIN_HEIGHT_PX = 360; // of the reserved place, unless the tag has data-min-height
export const FILLER = "\u200b"; // the shadow root hides it

const reservedPlaces = new WeakSet(); // elements whose min-height this module has set

// All elements that match; none if that is not a selector.
export const findAll = (selector) => {
  try {
    return [...document.querySelectorAll(selector)];
  } catch {
    return [];
  }
};

export const selectorOf = (widgetId) => `[id="tresta-widget-${widgetId}"]`;

// `target` is an element, a widget's id or a CSS selector. Returns null or undefined if there is no such element.
export const findPlace = (target) =>
  typeof target === "string" ? findAll(selectorOf(target))[0] || findAll(target)[0] : target;

// Reserves the height, so that nothing shifts later, unless the host page has set one.
export const reserveHeight = (place, minHeight = MIN_HEIGHT_PX) => {
  const { minHeight: ownHeight, display } = getComputedStyle(place);
  if (!parseFloat(ownHeight)) {
    place.style.minHeight = (+minHeight || 0) + "px";
    reservedPlaces.add(place);
  }
  if (display === "inline") place.style.display = "block";
  // Some pages hide elements without children, and what is in a shadow root is no child.
  if (display === "none" && !place.firstChild) place.append(FILLER);
};

export const releaseHeight = (place) => {
  if (reservedPlaces.delete(place)) place.style.minHeight = "";
};
