import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { contractsOf } from "../../contract/source.ts";
import { columns } from "../../output/table.ts";
import { withStoredRegistry } from "../../registry/open.ts";

export const publish: Run = async (context, { options }) => {
  const { service, store, channel = [], tag = [] } = options;
  const found = await Promise.all(
    (service as readonly string[]).map((one) => contractsOf(context, one)),
  );
  const definitions = found.flat().map(({ definition, manifest }) => {
    if (definition !== undefined) return definition;
    throw usageFailure(`${manifest.service} has only a manifest`, "name FILE:EXPORT of a module");
  });
  const pointers = { channels: channel as readonly string[], tags: tag as readonly string[] };
  await withStoredRegistry(context, String(store), async (registry) => {
    const ids: [string, string][] = [];
    for (const definition of definitions) {
      const { contractId } = await registry.publish(definition, pointers);
      ids.push([definition.name, contractId]);
    }
    const { namespace } = registry;
    context.result({ namespace, contracts: Object.fromEntries(ids) }, () =>
      columns([["namespace", namespace], ...ids]),
    );
  });
  return 0;
};
