import { stalls } from "./stalls.ts";

stalls({ headerMs: 10_000, stallMs: 30_000, applicants: 200 });
