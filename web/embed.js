// The script tag's file. It shows the server's drawing of the widget, and starts Python once, if Python has work.
// It takes no decision about consent, sampling or content that Python does not check again (widget/).
import { watchEnd } from "./loader/report.js"; // first: in this order the file is smallest
import { tresta } from "./loader/tresta.js";
import { watchPlaces } from "./loader/claims.js";
import { now, whenVisited } from "./loader/page.js";

// Read at once. A module and a timer have no current script.
const tag = document.currentScript || document.querySelector("script[data-widget-id]");
const { Tresta } = window;

if (!Tresta?.adopt) {
  window.Tresta = tresta;
  watchPlaces();
  watchEnd();
  Tresta?.q?.map?.(tresta.q.push);
}
// Load time starts here: the visitor waits from the moment the tag runs, or from the moment the page is shown.
whenVisited(() => tag && window.Tresta.adopt(tag, now()));
