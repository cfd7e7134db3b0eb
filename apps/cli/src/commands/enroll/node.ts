import { existsSync } from "node:fs";
import { AdmissionError, signCredential, signProducerCredential } from "@aster/trust";
import {
  type AsterIdentity,
  type NewIdentityPeer,
  newIdentity,
  readIdentity,
  withIdentityPeer,
  writeIdentity,
} from "@aster/trust/files";
import { z } from "zod";
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { expiryIn } from "../../operator/expiry.ts";
import { rootKeyOf } from "../../operator/root-key.ts";
import { columns } from "../../output/table.ts";

const ROLES = "aster.role";

const optionsShape = z.object({
  role: z.enum(["consumer", "producer"]),
  name: z.string().min(1),
  capabilities: z.string().optional(),
  attributes: z.string().optional(),
  type: z.enum(["policy", "ott"]),
  expires: z.string().optional(),
  rootKey: z.string().optional(),
  profile: z.string().optional(),
  identity: z.string().optional(),
  out: z.string().optional(),
  quiet: z.boolean().default(false),
  force: z.boolean().default(false),
});

type Options = z.output<typeof optionsShape>;

export const node: Run = async (context, { options: given }) => {
  const options = optionsShape.parse(given);
  const { role, name } = options;
  const file = context.path(options.out ?? options.identity ?? ".aster-identity");
  const source = context.path(options.identity ?? file);
  if (options.identity !== undefined && source !== file && existsSync(file)) {
    throw usageFailure(
      `there is a file already: ${file}`,
      "leave --identity or --out out",
      "file.exists",
    );
  }
  const before = await identityIn(source, options);
  const peer = await signedPeer(before, options, async () => await rootKeyOf(context, options));
  await writeIdentity(file, withIdentityPeer(before, peer), { replace: true });
  const { endpointId } = before;
  const { expiresAt } = peer.credential;
  const end = new Date(expiresAt * 1000).toISOString();
  context.result({ file, endpointId, name, role, expiresAt }, () =>
    options.quiet
      ? `${file} ${endpointId} ${end}`
      : columns([
          ["identity in", file],
          ["endpoint id", endpointId],
          ["entry", `${name} (${role}, ${options.type})`],
          ["capabilities", peer.credential.attributes[ROLES] ?? "none"],
          ["expires", end],
        ]),
  );
  return 0;
};

async function identityIn(
  path: string,
  { name, force, identity }: Options,
): Promise<AsterIdentity> {
  if (identity === undefined && !existsSync(path)) return newIdentity();
  const found = await readIdentity(path);
  if (force || !found.peers.some((peer) => peer.name === name)) return found;
  throw usageFailure(
    `${path} has an entry "${name}" already`,
    "choose another --name, or --force to replace it",
    "file.exists",
  );
}

async function signedPeer(
  { endpointId }: AsterIdentity,
  { role, name, type, ...options }: Options,
  rootKey: () => ReturnType<typeof rootKeyOf>,
): Promise<NewIdentityPeer> {
  if (role === "producer" && type === "ott") {
    throw usageFailure("--type ott is for consumers", "leave it out for a producer");
  }
  const attributes = attributesOf(role, name, options);
  const choice = { attributes, endpointId, ...expiryIn(options.expires) };
  const root = await rootKey();
  using _ = root.secretKey;
  const { secretKey } = root;
  try {
    if (role === "producer") {
      return { name, role, credential: await signProducerCredential(secretKey, choice) };
    }
    const credential = await signCredential(secretKey, { ...choice, oneTime: type === "ott" });
    return { name, role, credential };
  } catch (error) {
    throw error instanceof AdmissionError ? usageFailure(error.message) : error;
  }
}

function attributesOf(
  role: string,
  name: string,
  { capabilities, attributes }: Pick<Options, "capabilities" | "attributes">,
): Record<string, string> {
  const given = (attributes ?? "").split(",").filter((pair) => pair.trim() !== "");
  const pairs = given.map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw usageFailure(`--attributes takes name=value,…, not "${pair}"`);
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
  const roles = capabilities
    ?.split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .join(",");
  return {
    [ROLES]: role,
    "aster.name": name,
    ...Object.fromEntries(pairs),
    ...(roles && { [ROLES]: roles }),
  };
}
