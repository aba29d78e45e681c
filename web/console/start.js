// Starts PyScript without its hooks for workers. PyScript makes them from text by new Function(), which this page's
// Content Security Policy forbids; this page has no workers.
import { hooks } from "./core.js";

hooks.worker.onBeforeRunAsync.clear();
