// Uses one token after another: folder, first number, last number, expiry. Prints each number whose
// token it was the first to use.
import { writeSync } from "node:fs";
import process from "node:process";
import { fileNonceStore } from "../../../src/tokens/file-nonce-store.ts";

const [folder = "", from = "0", to = "0", expiresAt = "0"] = process.argv.slice(2);
const store = fileNonceStore(folder);
writeSync(1, "ready\n");
for (let at = Number(from); at <= Number(to); at++) {
  const nonce = at.toString(16).padStart(64, "0");
  if (await store.consume(nonce, Number(expiresAt))) writeSync(1, `${at}\n`);
}
