// Leaves peers, a revocation list and a token store open.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  fileNonceStore,
  formatRevocationList,
  generateRootKeypair,
  PeerStore,
  Revocations,
  signRevocationList,
} from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "aster-open-"));
const expiresAtMs = Date.now() + 3_600_000;
new PeerStore().admit("a", { attributes: {}, expiresAtMs });
await fileNonceStore(join(folder, "tokens")).consume("09".repeat(32), (expiresAtMs / 1_000) | 0);
const { publicKey: rootPubkey, secretKey } = await generateRootKeypair();
const path = join(folder, "revoked.json");
const list = await signRevocationList(secretKey, { sequence: 1, revoked: [] });
writeFileSync(path, formatRevocationList(list));
new Revocations({ rootPubkey, path });
console.log("end of the program");
