import type { RegistryEvent } from "@aster/registry";
import { interruption } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { registryIn, wholeNumber, withRegistry } from "../../registry/open.ts";

export const watch: Run = async (context, { options }) => {
  const { interrupted } = context.host;
  const { forMs, service } = options as Record<string, string | undefined>;
  const limitMs = forMs === undefined ? undefined : wholeNumber("for-ms", forMs);
  await withRegistry(context, registryIn(options), async (registry) => {
    const ends = limitMs === undefined ? [] : [AbortSignal.timeout(limitMs)];
    const signal = AbortSignal.any([interrupted, ...ends]);
    for await (const event of registry.watch({ service, signal })) {
      const { event: kind, key, ...fields } = lineOf(event);
      if (context.json) context.line(JSON.stringify({ event: kind, key, ...fields }));
      else context.line(`${kind} ${key}`);
    }
  });
  if (interrupted.aborted) throw interruption();
  return 0;
};

function lineOf(event: RegistryEvent): { readonly event: string; readonly key: string } {
  const { kind, key } = event;
  const line = { event: kind, key };
  switch (event.kind) {
    case "lease": {
      const { service, contractId, endpointId, lease } = event;
      const { healthStatus: health, leaseSeq: seq } = lease;
      return { ...line, ...{ service, contractId, endpointId, health, seq } };
    }
    case "down": {
      const { service, contractId, endpointId } = event;
      return { ...line, ...{ service, contractId, endpointId } };
    }
    case "contract":
      return { ...line, ...{ contractId: event.contractId } };
    case "pointer":
      return { ...line, ...{ service: event.service, contractId: event.contractId ?? null } };
    case "acl":
      return { ...line, ...{ list: event.list, authors: event.authors ?? null } };
  }
}
