// The script tag. It shows what the server has drawn, and starts Python once, where Python has work (loader/).
// It decides nothing about consent, sampling or content that Python does not decide again, in widget/.
import { now } from "./loader/page.js";
import { adopt } from "./loader/tag.js";
import { tresta } from "./loader/tresta.js";

const startedAt = now(); // load time runs from here: the visitor has been waiting since the tag ran
const tag = document.currentScript; // null in a module or after a timer, so it is read at once

if (tag && window.Tresta?.adopt) window.Tresta.adopt(tag, startedAt);
else if (tag) {
  window.Tresta = tresta;
  adopt(tag, startedAt);
}
