import {
  formatCredential,
  formatProducerCredential,
  signCredential,
  signProducerCredential,
} from "@aster/trust";
import { emit } from "../json-lines.ts";
import { noArguments, pairs, parseOptions, required } from "../options.ts";
import { UsageError } from "../usage.ts";
import { replaceFile } from "./replace-file.ts";
import { expiryIn, signedWith } from "./signing.ts";

const declared = {
  "root-key": { type: "string" },
  role: { type: "string", multiple: true },
  attribute: { type: "string", multiple: true },
  name: { type: "string" },
  expires: { type: "string" },
  "one-time": { type: "boolean" },
  endpoint: { type: "string" },
  producer: { type: "boolean" },
  out: { type: "string" },
} as const;

/** The `credential` command: signs a credential with a root key and writes it to a file. */
export async function credential(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("credential", positionals);
  const out = required("out", values.out);
  const { endpoint: endpointId, producer, name } = values;
  const oneTime = values["one-time"];
  if (producer && oneTime) throw new UsageError("--producer and --one-time exclude each other");
  const common = {
    roles: values.role,
    name,
    attributes: pairs("attribute", values.attribute ?? []),
    ...expiryIn(values.expires),
  };
  const { json, ...printed } = await signedWith(values["root-key"], async (secret) => {
    if (producer) {
      const bound = { ...common, endpointId: required("endpoint", endpointId) };
      const signed = await signProducerCredential(secret, bound);
      const { expiresAt } = signed;
      return { type: "producer", expiresAt, json: formatProducerCredential(signed) };
    }
    const signed = await signCredential(secret, { ...common, endpointId, oneTime });
    const { type, expiresAt } = signed;
    return { type, expiresAt, json: formatCredential(signed) };
  });
  await replaceFile(out, `${json}\n`);
  emit(printed);
  return 0;
}
