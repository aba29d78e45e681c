// Starts PyScript. It makes functions of its workers' hooks out of text, which a policy without 'unsafe-eval' forbids;
// this page has no worker, and so no use for them.
import { hooks } from "./core.js";

hooks.worker.onBeforeRunAsync.clear();
