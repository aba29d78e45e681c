// A widget's content from the API. It is fetched early, and parsed only as far as displaying it requires.
import { nextPaint, timingEntry } from "./page.js";

const TIMEOUT_MS = 5000;
const MAX_LENGTH = 1e6;

// Throws if data-api-url is not a URL.
export const contentUrl = (tag) => {
  const { widgetId, apiUrl = "__API_URL__" } = tag.dataset;
  const url = new URL(`${apiUrl.replace(/[\s/]+$/, "")}/api/widgets/${widgetId}/public`);
  // The attributes that change the server's drawing: all fields of widget/design.py.
  for (const { name, value } of tag.attributes) {
    if (/^data-(layout|card|theme|.+-color|font|language|max|autoplay|show-.+)$/.test(name))
      url.searchParams.set(name.slice(5), value);
  }
  url.searchParams.set("lang", tag.closest("[lang]")?.lang ?? ""); // the server's words follow the page
  return url;
};

const contents = {}; // promises: widgets of one address share its requests

// Resolves to the content with its JSON `text`, or to {} if there is no usable answer. Python then finds the reason.
export const contentOf = (url, id, cache = "force-cache") => (contents[cache + url] ??= fetchContent(url, id, cache));

const fetchContent = async (url, id, cache) => {
  try {
    await (timingEntry("first-contentful-paint") || nextPaint()); // do not delay the page's own first frame
    const response = await fetch(url, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache,
    });
    const text = await response.text();
    const content = JSON.parse(text);
    if (response.ok && content.id === id && text.length < MAX_LENGTH) return { ...content, text };
  } catch {
    // no usable answer
  }
  return {};
};
