import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { withStoredRegistry } from "../../registry/open.ts";

export const acl: Run = async (context, { options }) => {
  const { store, writer, show } = options;
  if ((writer === undefined) === (show !== true)) {
    throw usageFailure("registry acl takes --writer or --show", "give one of them");
  }
  await withStoredRegistry(context, String(store), async (registry) => {
    if (writer !== undefined) {
      await registry.setAccessList("writers", writer as readonly string[]);
    }
    const writers = registry.accessList("writers") ?? null;
    context.result({ owner: registry.owner, writers }, () =>
      writers === null ? "every author with the writer ticket may write" : writers.join("\n"),
    );
  });
  return 0;
};
