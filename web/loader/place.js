// The place of a widget: an element of the host page, and the height reserved in it.

const MIN_HEIGHT_PX = 360; // of the reserved place, unless the tag has data-min-height

const reservedPlaces = new WeakSet(); // elements whose min-height this module has set

// `target` is an element, a widget's id or a CSS selector. Returns null or undefined if there is no such element.
export const findPlace = (target) => {
  if (typeof target !== "string") return target;
  try {
    return document.getElementById(`tresta-widget-${target}`) || document.querySelector(target);
  } catch {
    return null; // not a selector
  }
};

// Reserves the height, so that nothing shifts later, unless the host page has set one.
export const reserveHeight = (place, minHeight = MIN_HEIGHT_PX) => {
  const style = getComputedStyle(place);
  if (!parseFloat(style.minHeight)) {
    place.style.minHeight = (+minHeight || 0) + "px";
    reservedPlaces.add(place);
  }
  if (style.display === "inline") place.style.display = "block";
};

export const releaseHeight = (place) => {
  if (reservedPlaces.delete(place)) place.style.minHeight = "";
};
