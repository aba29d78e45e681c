// The controls for Python in a page without the loader, such as one of PyScript: the wheel has this file's build.
import { carousel } from "./loader/carousel.js";
import { controlWith } from "./loader/controls.js";

export const control = controlWith(async () => carousel);
