// The script tag's file. It shows the server's drawing of the widget, and starts Python once, if Python has work.
// It takes no decision about consent, sampling or content that Python does not check again (widget/).
import { now } from "./loader/page.js";
import { adopt } from "./loader/tag.js";
import { tresta } from "./loader/tresta.js";

const startedAt = now(); // load time starts here: the visitor waits from the moment the tag runs
const tag = document.currentScript; // read at once; null in a module and after a timer

if (tag && window.Tresta?.adopt) window.Tresta.adopt(tag, startedAt);
else if (tag) {
  window.Tresta = tresta;
  adopt(tag, startedAt);
}
