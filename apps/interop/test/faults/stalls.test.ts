import { stalls } from "./stalls.ts";

stalls({ headerMs: 2000, stallMs: 2000, applicants: 64 });
