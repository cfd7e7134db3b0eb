import { docsOf } from "@aster/transport/docs";
import { fired, interruption } from "../interruption.ts";
import { emit } from "../json-lines.ts";
import { addressOf, withNode } from "../linked-node.ts";
import { parseOptions, required } from "../options.ts";
import { UsageError } from "../usage.ts";

const declared = { store: { type: "string" }, namespace: { type: "string" } } as const;

/**
 * The `doc write` command: writes an entry into a document of the store, or into a new document,
 * and serves it until a signal ends it.
 */
export async function write(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  const [key, value, ...more] = positionals;
  if (key === undefined || value === undefined || more.length > 0) {
    throw new UsageError("doc write takes KEY and VALUE");
  }
  const storage = required("store", values.store);
  const { namespace } = values;
  const end = interruption();
  await withNode({ protocols: ["docs"], storage }, async (node) => {
    const docs = docsOf(node);
    await using doc = namespace === undefined ? await docs.create() : await docs.open(namespace);
    const author = await docs.authors.default();
    await doc.set(key, value, { author });
    await doc.startSync();
    emit({ namespace: doc.id, author, address: addressOf(node) });
    await fired(end);
  });
  return 0;
}
