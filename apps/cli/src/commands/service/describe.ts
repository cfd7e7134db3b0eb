import { unknownName } from "../../call/call-failure.ts";
import { failureOf } from "../../command/failure-of.ts";
import type { Run } from "../../command/spec.ts";
import { serviceFacts } from "../../contract/describe.ts";
import { serviceText } from "../../contract/describe-text.ts";
import { connectTo } from "../../peer/connect.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const describe: Run = async (context, { args: [address = "", name = ""], options }) => {
  await using client = await connectTo(context, address, peerOptionsOf(options));
  const names = client.services.map((each) => each.name);
  if (!names.includes(name)) throw unknownName("service", name, names);
  try {
    const facts = serviceFacts(await client.manifest(name));
    context.result(facts, (style) => serviceText(facts, style));
  } catch (error) {
    throw await failureOf(error);
  }
  return 0;
};
