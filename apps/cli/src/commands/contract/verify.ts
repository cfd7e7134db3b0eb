import { ExitCode, usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { contractsOf } from "../../contract/source.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const verify: Run = async (context, { args: [file = ""], options }) => {
  const [exported] = await contractsOf(context, context.path(file));
  const service = exported?.manifest.service ?? "";
  const others = await contractsOf(context, String(options.manifest), peerOptionsOf(options));
  const other = others.find(({ manifest }) => manifest.service === service);
  if (other === undefined) {
    throw usageFailure(`${String(options.manifest)} has no service ${service}`);
  }
  const ids = {
    contractId: exported?.manifest.contract_id,
    expected: other.manifest.contract_id,
  };
  const equal = ids.contractId === ids.expected;
  context.result({ service, equal, ...ids }, (style) =>
    equal
      ? style("green", `${service}: the contract ids are equal, ${ids.expected}`)
      : `${style("red", `${service}: the contract ids differ`)}\n  export   ${ids.contractId}\n  manifest ${ids.expected}\nsee: aster contract diff`,
  );
  return equal ? 0 : ExitCode.FAILED;
};
