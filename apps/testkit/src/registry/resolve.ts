import { type RankingStrategy, summarizeLease } from "@aster/registry";
import { emit } from "../json-lines.ts";
import { excludeEachOther, noArguments, parseOptions, required, wholeNumber } from "../options.ts";
import { UsageError } from "../usage.ts";
import { place, withRegistry } from "./opened.ts";

const strategies: Readonly<Record<string, RankingStrategy>> = {
  round_robin: "round-robin",
  least_load: "least-load",
  random: "random",
  lowest_rtt: "lowest-rtt",
};

const declared = {
  ...place,
  service: { type: "string" },
  version: { type: "string" },
  channel: { type: "string" },
  tag: { type: "string" },
  contract: { type: "string" },
  strategy: { type: "string", default: "round_robin" },
  "wait-ms": { type: "string", default: "0" },
} as const;

/** The `registry resolve` command: prints the producers of a service, the best first. */
export async function resolve(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("registry resolve", positionals);
  excludeEachOther(values, "version", "channel", "tag", "contract");
  excludeEachOther(values, "channel", "tag", "contract");
  excludeEachOther(values, "tag", "contract");
  const strategy = Object.hasOwn(strategies, values.strategy)
    ? strategies[values.strategy]
    : undefined;
  if (strategy === undefined) {
    const known = Object.keys(strategies).join(" ");
    throw new UsageError(`unknown strategy ${values.strategy}\nsupported: ${known}`);
  }
  const { version, channel, tag, contract } = values;
  const query = {
    service: required("service", values.service),
    contractId: contract,
    version: version === undefined ? undefined : wholeNumber("version", version),
    channel,
    tag,
    strategy,
  };
  const waitMs = wholeNumber("wait-ms", values["wait-ms"]);
  const found = await withRegistry(values, (registry) => registry.resolve(query, { waitMs }));
  const { contractId, leases } = found;
  emit({ contractId, leases: leases.map(summarizeLease), chosen: leases[0]?.endpointId });
  return 0;
}
