// The script tag's file. It shows the server's drawing of the widget, and starts Python once, if Python has work.
// It takes no decision about consent, sampling or content that Python does not check again (widget/).
import { now } from "./loader/page.js";
import { tresta } from "./loader/tresta.js";

const startedAt = now(); // load time starts here: the visitor waits from the moment the tag runs
// Read at once. A module and a timer have no current script.
const tag = document.currentScript || document.querySelector("script[data-widget-id]");
const { Tresta } = window;

if (!Tresta?.adopt) {
  window.Tresta = tresta;
  Tresta?.q?.map?.(tresta.q.push);
}
if (tag) window.Tresta.adopt(tag, startedAt);
