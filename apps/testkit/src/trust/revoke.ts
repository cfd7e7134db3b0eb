import { readFile } from "node:fs/promises";
import {
  formatRevocationList,
  parseRevocationList,
  type RevocationList,
  rootKeypairOf,
  signRevocationList,
} from "@aster/trust";
import { emit } from "../json-lines.ts";
import { noArguments, parseOptions, required } from "../options.ts";
import { replaceFile } from "./replace-file.ts";
import { signedWith } from "./signing.ts";

const declared = {
  "root-key": { type: "string" },
  endpoint: { type: "string", multiple: true },
  list: { type: "string" },
  out: { type: "string" },
} as const;

/** The `revoke` command: signs a revocation list with further endpoints. */
export async function revoke(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("revoke", positionals);
  const out = required("out", values.out);
  const added = required("endpoint", values.endpoint);
  const list = await signedWith(values["root-key"], async (secret) => {
    const { publicKey } = rootKeypairOf(secret);
    const before = values.list === undefined ? undefined : await listIn(values.list, publicKey);
    return signRevocationList(secret, {
      sequence: (before?.sequence ?? 0) + 1,
      revoked: [...(before?.revoked ?? []), ...added],
    });
  });
  await replaceFile(out, formatRevocationList(list), 0o644);
  const { sequence, revoked } = list;
  emit({ sequence, revoked });
  return 0;
}

async function listIn(path: string, rootPubkey: string): Promise<RevocationList> {
  return parseRevocationList(await readFile(path), rootPubkey);
}
