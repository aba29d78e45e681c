// The controls of this page's widgets.
import { controlWith } from "./controls.js";
import { insertScript } from "./tags.js";

let carouselPromise;

// Without the file, a carousel stays a row to scroll: the promise never settles.
const loadCarousel = () =>
  (carouselPromise ??= new Promise((resolve) => {
    const script = insertScript("__CAROUSEL__", "__CAROUSEL_INTEGRITY__", () => resolve(script.carousel));
  }));

export const control = controlWith(loadCarousel);
