import { signCredential, signProducerCredential } from "@aster/trust";
import {
  type AsterIdentity,
  type IdentityRole,
  KeyError,
  newIdentity,
  readIdentity,
  withIdentityPeer,
  writeIdentity,
} from "@aster/trust/files";
import { emit } from "../json-lines.ts";
import { noArguments, parseOptions, required } from "../options.ts";
import { UsageError } from "../usage.ts";
import { expiryIn, signedWith } from "./signing.ts";

const declared = {
  "root-key": { type: "string" },
  name: { type: "string" },
  role: { type: "string" },
  capability: { type: "string", multiple: true },
  expires: { type: "string" },
  out: { type: "string" },
} as const;

/**
 * The `identity` command: signs an entry for the node of an identity file, and makes the file and
 * its key if there is none.
 */
export async function identity(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("identity", positionals);
  const out = required("out", values.out);
  const name = required("name", values.name);
  const role = roleOf(required("role", values.role));
  const found = await identityIn(out);
  const { endpointId } = found;
  const options = {
    roles: values.capability ?? [role],
    name,
    endpointId,
    ...expiryIn(values.expires),
  };
  const signed = await signedWith(values["root-key"], async (secret) =>
    role === "producer"
      ? withIdentityPeer(found, {
          name,
          role,
          credential: await signProducerCredential(secret, options),
        })
      : withIdentityPeer(found, { name, role, credential: await signCredential(secret, options) }),
  );
  await writeIdentity(out, signed, { replace: true });
  emit({ endpointId });
  return 0;
}

function roleOf(text: string): IdentityRole {
  if (text === "consumer" || text === "producer") return text;
  throw new UsageError(`--role takes consumer or producer, not "${text}"`);
}

async function identityIn(path: string): Promise<AsterIdentity> {
  try {
    return await readIdentity(path);
  } catch (error) {
    if (error instanceof KeyError && error.code === "missing") return newIdentity();
    throw error;
  }
}
