// Loads window.Tresta into a page. Importing this module has no effect, so it can be imported on a server, too.
import { EMBED_INTEGRITY, EMBED_URL } from "./release.js"; // written by the build

export { EMBED_INTEGRITY, EMBED_URL };

export function loadTresta({
  src = EMBED_URL,
  integrity = src === EMBED_URL ? EMBED_INTEGRITY : "",
  nonce = "",
  debug = false,
} = {}) {
  if (typeof document === "undefined") {
    const message = "Tresta needs a page: call loadTresta in a browser, such as in an effect, and not on a server.";
    return Promise.reject(new Error(message));
  }
  if (isLoaded()) return Promise.resolve(window.Tresta);
  // The promise is a property of the script element, so that two copies of this package in a page share one script.
  const script = [...document.querySelectorAll("script")].find(({ trestaPromise }) => trestaPromise);
  return script ? script.trestaPromise : insertScript(src, integrity, nonce, debug);
}

// An element with the id "Tresta" would be window.Tresta as well, but it has no `adopt`.
const isLoaded = () => Boolean(window.Tresta?.adopt);

const insertScript = (src, integrity, nonce, debug) => {
  const script = document.createElement("script");
  script.trestaPromise = new Promise((resolve, reject) => {
    const fail = (reason) => {
      script.remove(); // the next call tries again
      reject(new Error(`Tresta could not be loaded from ${src}: ${reason}`));
    };
    script.onload = () => (isLoaded() ? resolve(window.Tresta) : fail("that file is not embed.js."));
    script.onerror = () =>
      fail(
        "the file did not arrive, or the page's Content Security Policy forbids it, " +
          "or its bytes do not have the hash in `integrity`.",
      );
    try {
      Object.assign(script, { integrity, nonce, crossOrigin: "anonymous", src: scriptUrl(src) });
      if (debug) script.dataset.debug = "true";
      document.head.append(script);
    } catch (error) {
      fail(`${error.message} A page that requires Trusted Types must allow the policies tresta and tresta-npm.`);
    }
  });
  return script.trestaPromise;
};

let policy; // a page may allow only one of this name

const scriptUrl = (src) => {
  policy ??= window.trustedTypes?.createPolicy("tresta-npm", { createScriptURL: (url) => url });
  return policy ? policy.createScriptURL(src) : src;
};
