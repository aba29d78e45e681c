// The file that the loader loads at the first sight of a carousel.
import { carousel } from "./loader/carousel.js";

document.currentScript.carousel = carousel;
