import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AsterClientOptions } from "@aster/rpc";
import type { ConsumerEnrollmentCredential } from "@aster/trust";
import { readCredential, readIdentity } from "@aster/trust/files";
import type { CommandContext } from "../command/context.ts";
import { usageFailure } from "../command/failure.ts";
import { readText } from "../files/read-file.ts";
import type { PeerOptions } from "./options.ts";

const IDENTITY = ".aster-identity";

/** The key and the credential that a command presents. */
export async function presented(
  context: CommandContext,
  { credential: file, identity, peer }: PeerOptions,
): Promise<AsterClientOptions> {
  const entry = peer === undefined ? {} : { peer };
  if (file === undefined) {
    const path = context.path(identity ?? context.host.env.ASTER_IDENTITY_FILE ?? IDENTITY);
    // a file that the command line names must be there
    return { identity: identity !== undefined || existsSync(path) ? path : false, ...entry };
  }
  const path = context.path(file);
  if (!(await readText(path)).trimStart().startsWith("{")) return { identity: path, ...entry };
  const credential = await readCredential(path);
  if (!("type" in credential)) {
    throw usageFailure(`${path} is the credential of a producer`, "present that of a consumer");
  }
  if (identity !== undefined) return { identity: context.path(identity), credential, ...entry };
  return { identity: (await keyFor(context, path, credential)) ?? false, credential };
}

/** The identity file beside the command or the credential that has the key of its endpoint. */
async function keyFor(
  context: CommandContext,
  path: string,
  { endpointId }: ConsumerEnrollmentCredential,
): Promise<string | undefined> {
  if (endpointId === undefined) return undefined;
  for (const candidate of [context.path(IDENTITY), join(dirname(path), IDENTITY)]) {
    if (!existsSync(candidate)) continue;
    if ((await readIdentity(candidate)).endpointId === endpointId) return candidate;
  }
  throw usageFailure(
    `the credential ${path} is bound to the endpoint ${endpointId}`,
    "name the identity file with its key by --identity",
    "credential.endpoint",
  );
}
