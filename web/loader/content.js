// A widget's content from the API: asked for early, and no more understood than it takes to show it.
import { entry, painted } from "./page.js";

const TIMEOUT_MS = 5000;
const MAX_LENGTH = 1e6;

// The attributes that the server draws with: all of widget/design.py, and no other of ours.
const DESIGN = /^data-(layout|card|theme|.+-color|font|max|autoplay|show-.+)$/;

export const contentUrl = (tag) => {
  const { widgetId, apiUrl = "__API_URL__" } = tag.dataset;
  const url = new URL(`${apiUrl.replace(/[\s/]+$/, "")}/api/widgets/${widgetId}/public`);
  for (const { name, value } of tag.attributes) if (DESIGN.test(name)) url.searchParams.set(name.slice(5), value);
  return url;
};

// The content and its `text`; {} where nothing of use came: Python will find out why, and say so.
export const ask = async (url, id, cache) => {
  try {
    await (entry("first-contentful-paint") || painted()); // the page's own first frame waits for nothing of ours
    const answer = await fetch(url, {
      cache,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.text();
    const content = JSON.parse(text);
    if (answer.ok && content.id === id && text.length < MAX_LENGTH) return { ...content, text };
  } catch {
    // as good as no answer
  }
  return {};
};
