// The sign-in form, before and beside Python. It signs in while the console's files load, says how far they are, and
// starts PyScript once all are there. `tresta` is what Python calls of it.
const find = (id) => document.getElementById(id);
const say = (id, text) => (find(id).textContent = text);

const UNKNOWN = "The server does not know this token. Check that you copied all of it.";
const ENDED = "This link has ended, or it was revoked. Ask for another one.";
const NO_ANSWER = "The server does not answer. Check your connection and try again.";
const KEPT = "tresta-token"; // in sessionStorage, for those who want to stay signed in for this tab

let arrival; // the token and the answer of /me, until Python takes them
let enter; // Python's function that takes them

globalThis.tresta = {
  ready(callback) {
    enter = callback;
    find("loading").hidden = true;
    if (arrival) enter(...arrival);
  },
  // MicroPython cannot catch the error of a call that throws at once.
  isZone(timeZone) {
    try {
      return Boolean(new Intl.DateTimeFormat("en-GB", { timeZone }));
    } catch {
      return false;
    }
  },
  forget() {
    arrival = undefined;
    storage((kept) => kept.removeItem(KEPT));
  },
};

function storage(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null; // the browser forbids storage
  }
}

async function signIn(token, unknown = UNKNOWN) {
  find("enter").disabled = true;
  say("token-problem", "");
  const problem = await ask(token, unknown);
  find("enter").disabled = false;
  if (problem) {
    storage((kept) => kept.removeItem(KEPT));
    say("token-problem", problem);
    find("token").focus();
    return;
  }
  if (find("stay").checked) storage((kept) => kept.setItem(KEPT, token));
  find("token").value = "";
  say("signed-in", enter ? "" : "Signed in. The console opens when it is loaded.");
  if (enter) enter(...arrival);
}

// Asks who the token is for. Returns a sentence if that fails.
async function ask(token, unknown) {
  if (!/^[!-~]+$/.test(token)) return unknown; // no header can hold it
  const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };
  let answer, text;
  try {
    answer = await fetch("../api/v1/me", { headers, cache: "no-store", credentials: "omit", redirect: "error" });
    text = await answer.text();
  } catch {
    return NO_ANSWER;
  }
  if ([400, 401, 403].includes(answer.status)) return unknown;
  if (!answer.ok) return `The server answered with status ${answer.status}. Try again later.`;
  arrival = [token, text];
}

// Each file counts by its bytes on the line. A stream gives the unpacked ones, so a file counts by its share of those.
const files = JSON.parse(find("files").textContent); // address, bytes on the line, bytes unpacked
const whole = files.reduce((sum, [, bytes]) => sum + bytes, 0);
const arrived = files.map(() => 0);

function show() {
  const bytes = arrived.reduce((sum, each) => sum + each, 0);
  find("progress").value = bytes / whole;
  say("loaded", `Loading the console: ${Math.round(bytes / 1000)} of ${Math.round(whole / 1000)} KB`);
}

async function load([address, bytes, unpacked], index) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  let count = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    count += done ? 0 : value.length;
    arrived[index] = done ? bytes : bytes * Math.min(count / unpacked, 1);
    show();
    if (done) return;
  }
}

// A line that breaks comes back: what has arrived is in the browser's cache.
async function loadAgain(file, index) {
  for (;;) {
    try {
      return await load(file, index);
    } catch {
      arrived[index] = 0;
      await new Promise((after) => setTimeout(after, 2000));
    }
  }
}

// A read-only link has its token after `#open=`. It leaves the address at once, before anybody copies that.
const [, linked, place] = location.hash.match(/^#open=(\w+)&?(.*)$/) || [];
if (linked) history.replaceState(null, "", `${location.pathname}#${place || "/"}`);
const kept = linked || storage((each) => each.getItem(KEPT));

find("door").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(find("token").value.trim());
});
find("enter").disabled = false;
find("token").focus();
show();
if (kept) signIn(kept, linked ? ENDED : UNKNOWN);
await Promise.all(files.map(loadAgain));

function add(element, attributes) {
  return new Promise((loaded) => {
    Object.assign(element, attributes, { onload: loaded });
    document.head.append(element);
  });
}
const at = (name) => new URL(name, import.meta.url).href;
await Promise.all([
  add(document.createElement("link"), { rel: "stylesheet", href: at("uPlot.css") }),
  add(document.createElement("link"), { rel: "stylesheet", href: at("console.css") }),
  add(document.createElement("script"), { src: at("uPlot.js") }),
]);
// PyScript makes its hooks for workers from text by new Function(), which this page's Content Security Policy forbids.
// This page has no workers.
const { hooks } = await import("./core.js");
hooks.worker.onBeforeRunAsync.clear();
