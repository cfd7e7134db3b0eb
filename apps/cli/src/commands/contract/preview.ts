import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { serviceFacts } from "../../contract/describe.ts";
import { serviceText } from "../../contract/describe-text.ts";
import { contractsOf } from "../../contract/source.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const preview: Run = async (context, { options }) => {
  const { service = [], manifest } = options;
  const references = [
    ...(service as readonly string[]),
    ...(typeof manifest === "string" ? [manifest] : []),
  ];
  if (references.length === 0) {
    throw usageFailure("there is nothing to show", "pass --service FILE:EXPORT or --manifest FILE");
  }
  const found = await Promise.all(
    references.map((each) => contractsOf(context, each, peerOptionsOf(options))),
  );
  const services = found.flat().map((each) => serviceFacts(each.manifest));
  context.result({ services }, (style) =>
    services.map((each) => serviceText(each, style)).join("\n\n"),
  );
  return 0;
};
