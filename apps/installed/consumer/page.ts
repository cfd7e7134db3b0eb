import { summary } from "./browser.js";

Object.assign(globalThis, { summary: summary() });
