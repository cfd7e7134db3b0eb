// Uses one token after another: folder, first number, last number, expiry, log. Writes each number
// whose token it was the first to use to the log.
import { openSync, writeSync } from "node:fs";
import process from "node:process";
import { fileNonceStore } from "../../../src/tokens/file-nonce-store.ts";

const [folder = "", from = "0", to = "0", expiresAt = "0", log = ""] = process.argv.slice(2);
const store = fileNonceStore(folder);
const file = openSync(log, "w");
process.stdout.write("ready\n");
for (let at = Number(from); at <= Number(to); at++) {
  const nonce = at.toString(16).padStart(64, "0");
  if (await store.consume(nonce, Number(expiresAt))) writeSync(file, `${at}\n`);
}
