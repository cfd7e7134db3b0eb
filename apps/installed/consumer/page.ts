import { summary } from "./browser.ts";

Object.assign(globalThis, { summary: summary() });
