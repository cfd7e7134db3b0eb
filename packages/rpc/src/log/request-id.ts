import { randomFillSync } from "node:crypto";

/** The ids of other programs that are taken over: short, and safe in every log. */
const usable = /^[\w.:-]{1,64}$/;

const ID_BYTES = 8;
const ID_CHARS = 2 * ID_BYTES;
/** Random bytes for the next ids: a system call per id would take longer than the rest of it. */
const random = Buffer.allocUnsafeSlow(2048 * ID_BYTES);
let used = random.length;
/** The ids of this many bytes are made at once: few, because each of them keeps the text alive. */
const TEXT_BYTES = 32 * ID_BYTES;
let text = "";
let at = 0;

/** Makes the id of one call for logs: 16 random hex characters. */
export function newRequestId(): string {
  if (at === text.length) {
    text = nextText();
    at = 0;
  }
  at += ID_CHARS;
  return text.slice(at - ID_CHARS, at);
}

function nextText(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += TEXT_BYTES;
  return random.toString("hex", used - TEXT_BYTES, used);
}

/** Returns the id that the caller sent if it can be used, else a new one. */
export function requestIdOf(callId: string): string {
  // most callers send none
  return callId !== "" && usable.test(callId) ? callId : newRequestId();
}
