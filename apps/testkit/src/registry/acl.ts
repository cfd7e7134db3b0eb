import { openRegistry } from "@aster/registry";
import { createNode } from "@aster/transport";
import { emit } from "../json-lines.ts";
import { excludeEachOther, noArguments, parseOptions, required } from "../options.ts";
import { UsageError } from "../usage.ts";

const declared = {
  store: { type: "string" },
  writer: { type: "string", multiple: true },
  show: { type: "boolean" },
} as const;

/** The `registry acl` command: sets or shows the writers of the registry in a store. */
export async function acl(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("registry acl", positionals);
  excludeEachOther(values, "writer", "show");
  const storage = required("store", values.store);
  const { writer, show } = values;
  if (writer === undefined && show === undefined) {
    throw new UsageError("registry acl needs --writer or --show");
  }
  const node = await createNode({ network: "none", protocols: ["docs"], closed: true, storage });
  try {
    await using registry = await openRegistry(node);
    if (writer !== undefined) await registry.setAccessList("writers", writer);
    emit({ owner: registry.owner, writers: registry.accessList("writers") ?? null });
    return 0;
  } finally {
    await node.close();
  }
}
