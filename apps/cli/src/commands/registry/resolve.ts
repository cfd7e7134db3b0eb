import { type RankingStrategy, summarizeLease } from "@aster/registry";
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { columns } from "../../output/table.ts";
import { presentedIn, registryIn, wholeNumber, withRegistry } from "../../registry/open.ts";

const SELECTORS = ["version", "channel", "tag", "contract"] as const;

export const resolve: Run = async (context, { options }) => {
  const given = SELECTORS.filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw usageFailure("the selectors exclude each other", "select by one of them");
  }
  const { service, version, channel, tag, contract } = options as Record<
    string,
    string | undefined
  >;
  const query = {
    service: String(service),
    contractId: contract,
    version: version === undefined ? undefined : wholeNumber("version", version),
    channel,
    tag,
    strategy: String(options.strategy).replace("_", "-") as RankingStrategy,
  };
  const waitMs = wholeNumber("wait-ms", String(options.waitMs));
  const signal = context.host.interrupted;
  await withRegistry(context, registryIn(options), presentedIn(options), async (registry) => {
    const { contractId, leases } = await registry.resolve(query, { waitMs, signal });
    const shown = leases.map(summarizeLease);
    const chosen = leases[0]?.endpointId;
    context.result({ contractId, leases: shown, chosen }, () =>
      columns([
        ["contract", contractId],
        ...shown.map(({ endpointId, health, load }) => [endpointId, health, String(load ?? "-")]),
      ]),
    );
  });
  return 0;
};
