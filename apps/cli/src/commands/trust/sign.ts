import { AdmissionError, signCredential, signProducerCredential } from "@aster/trust";
import { writeCredential } from "@aster/trust/files";
import { z } from "zod";
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { parseJson } from "../../files/read-file.ts";
import { expiryIn } from "../../operator/expiry.ts";
import { rootKeyOf } from "../../operator/root-key.ts";
import { columns } from "../../output/table.ts";

const optionsShape = z.object({
  type: z.enum(["policy", "ott", "producer"]),
  rootKey: z.string().optional(),
  profile: z.string().optional(),
  endpointId: z.string().toLowerCase().optional(),
  attributes: z.string().optional(),
  expires: z.string().optional(),
  out: z.string(),
  force: z.boolean().default(false),
});

export const sign: Run = async (context, { options }) => {
  const { type, endpointId, out, force, ...given } = optionsShape.parse(options);
  const choice = { attributes: attributesIn(given.attributes), ...expiryIn(given.expires) };
  if (type === "producer" && endpointId === undefined) {
    throw usageFailure("a credential of a producer needs --endpoint-id", "pass that of the node");
  }
  const file = context.path(out);
  const root = await rootKeyOf(context, given);
  using _ = root.secretKey;
  const credential = await (type === "producer"
    ? signProducerCredential(root.secretKey, { ...choice, endpointId: endpointId ?? "" })
    : signCredential(root.secretKey, { ...choice, endpointId, oneTime: type === "ott" })
  ).catch((error: unknown) => {
    throw error instanceof AdmissionError ? usageFailure(error.message) : error;
  });
  await writeCredential(file, credential, { replace: force });
  const { expiresAt } = credential;
  context.result({ file, type, expiresAt }, () =>
    columns([
      ["credential in", file],
      ["type", type],
      ["expires", new Date(expiresAt * 1000).toISOString()],
    ]),
  );
  return 0;
};

function attributesIn(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  const parsed = z.record(z.string(), z.string()).safeParse(parseJson(text, "--attributes"));
  if (parsed.success) return parsed.data;
  throw usageFailure("--attributes takes a JSON object of texts");
}
