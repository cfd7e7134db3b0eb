import type { RegistryEvent } from "@aster/registry";
import { emit } from "../json-lines.ts";
import { noArguments, parseOptions, wholeNumber } from "../options.ts";
import { place, withRegistry } from "./opened.ts";

const declared = { ...place, "for-ms": { type: "string" } } as const;

/**
 * The `registry watch` command: prints the present entries, then the changes, until the time is
 * over or a signal ends it.
 */
export async function watch(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("registry watch", positionals);
  const { "for-ms": forMs } = values;
  const end = new AbortController();
  const stop = (): void => end.abort();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  const limit = forMs === undefined ? undefined : wholeNumber("for-ms", forMs);
  await withRegistry(values, async (registry) => {
    const timer = setTimeout(stop, limit ?? 0x7fffffff);
    for await (const event of registry.watch({ signal: end.signal })) emit(lineOf(event));
    clearTimeout(timer);
  });
  return 0;
}

function lineOf(event: RegistryEvent): object {
  const { kind, key } = event;
  switch (event.kind) {
    case "lease": {
      const { service, contractId, endpointId, lease } = event;
      const { healthStatus: health, leaseSeq: seq } = lease;
      return { event: kind, key, service, contractId, endpointId, health, seq };
    }
    case "down": {
      const { service, contractId, endpointId } = event;
      return { event: kind, key, service, contractId, endpointId };
    }
    case "contract":
      return { event: kind, key, contractId: event.contractId };
    case "pointer":
      return { event: kind, key, service: event.service, contractId: event.contractId ?? null };
    case "acl":
      return { event: kind, key, list: event.list, authors: event.authors ?? null };
  }
}
