// The script tags of this loader, and what follows from their attributes: debug lines, and how further scripts are loaded.
import { policy } from "./page.js";

export const tags = [];

export const isDebugging = () => tags.some(({ dataset }) => dataset.debug === "true");

// Writes a line to the browser's console if a tag has data-debug="true".
export const debug = (message) => {
  if (isDebugging()) console.warn(`Tresta: ${message}`);
};

export const createElement = (name, properties) => Object.assign(document.createElement(name), properties);

// Loads a script of this build, from beside the loader. Returns its element.
export const insertScript = (url, integrity, onload, onerror) => {
  const script = createElement("script", { crossOrigin: "", onload, integrity, onerror });
  try {
    const [{ src, nonce, dataset }] = tags;
    script.nonce = dataset.nonce || nonce;
    script.src = policy().createScriptURL(new URL(url, src));
    document.querySelector("head").append(script); // document.head may be an iframe of that name
  } catch {
    onerror?.({ code: "RUNTIME_CSP" }); // the page requires Trusted Types, and forbids ours
  }
  return script;
};
