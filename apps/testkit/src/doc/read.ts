import { docsOf } from "@aster/transport/docs";
import { emit } from "../json-lines.ts";
import { withNode } from "../linked-node.ts";
import { noArguments, parseOptions, required } from "../options.ts";

const declared = {
  namespace: { type: "string" },
  peer: { type: "string" },
  prefix: { type: "string" },
} as const;

/** The time for the sync: a busy machine may need it. */
const SYNC_MS = 20_000;

/** The `doc read` command: prints the entries of a document of a peer, those of all authors. */
export async function read(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("doc read", positionals);
  const id = required("namespace", values.namespace);
  const peers = [required("peer", values.peer)];
  const { prefix } = values;
  await withNode({ protocols: ["docs"] }, async (node) => {
    const signal = AbortSignal.timeout(SYNC_MS);
    const source = { id, peers };
    await using doc = await docsOf(node).join(source, { waitFor: "content", signal });
    for await (const entry of doc.query({ prefix })) {
      const value = Buffer.from(await doc.bytes(entry)).toString("base64");
      const { keyText: key, author, timestampMicros: timestamp } = entry;
      emit({ key, value, author, timestamp });
    }
  });
  return 0;
}
