import { blobsOf } from "@aster/transport/blobs";
import { interruption } from "../interruption.ts";
import { emit } from "../json-lines.ts";
import { withNode } from "../linked-node.ts";
import { parseOptions, required } from "../options.ts";
import { UsageError } from "../usage.ts";

/** The `blob get` command: downloads the blob of a ticket into a file. */
export async function get(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, { out: { type: "string" } });
  const [ticket, ...more] = positionals;
  if (ticket === undefined || more.length > 0) throw new UsageError("blob get takes one TICKET");
  const out = required("out", values.out);
  const signal = interruption();
  await withNode({}, async (node) => {
    const blobs = blobsOf(node);
    const { hash, sizeBytes } = await blobs.get(ticket, { signal });
    await blobs.export(hash, out, { signal });
    emit({ hash, bytes: sizeBytes });
  });
  return 0;
}
