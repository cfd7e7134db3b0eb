import { access } from "node:fs/promises";
import { blobsOf } from "@aster/transport/blobs";
import { fired, interruption } from "../interruption.ts";
import { emit } from "../json-lines.ts";
import { addressOf, withNode } from "../linked-node.ts";
import { parseOptions, required } from "../options.ts";
import { UsageError } from "../usage.ts";

/** The `blob put` command: serves a file as a blob until a signal ends it. */
export async function put(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, { store: { type: "string" } });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new UsageError("blob put takes one FILE");
  const storage = required("store", values.store);
  // before a store is made
  await access(path);
  const end = interruption();
  await withNode({ protocols: ["blobs"], storage }, async (node) => {
    const blobs = blobsOf(node);
    const { hash } = await blobs.add({ path }, { signal: end });
    emit({ hash, ticket: blobs.ticket(hash), address: addressOf(node) });
    await fired(end);
  });
  return 0;
}
