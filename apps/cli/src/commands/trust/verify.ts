import { existsSync } from "node:fs";
import {
  CredentialError,
  checkRootPubkey,
  verifyCredential,
  verifyProducerCredential,
} from "@aster/trust";
import { readRootPubkey, type StoredCredential } from "@aster/trust/files";
import type { CommandContext } from "../../command/context.ts";
import { ExitCode, usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { credentialFacts, credentialIn, credentialRows } from "../../operator/credential.ts";
import { columns } from "../../output/table.ts";

export const verify: Run = async (context, { args: [file = ""], options }) => {
  const rootPubkey = await rootPubkeyIn(context, String(options.rootPub));
  const credential = await credentialIn(context.path(file), options.peer as string | undefined);
  const endpointId = options.endpointId as string | undefined;
  const cause = problemOf(credential, rootPubkey, endpointId?.toLowerCase());
  const valid = cause === undefined;
  const facts = credentialFacts(credential);
  context.result({ ...facts, valid, cause: cause?.code ?? null }, (style) => {
    const verdict = valid ? style("green", "valid") : style("red", `not valid: ${cause.message}`);
    return `${verdict}\n${columns(credentialRows(facts))}`;
  });
  return valid ? 0 : ExitCode.FAILED;
};

function problemOf(
  credential: StoredCredential,
  rootPubkey: string,
  endpointId: string | undefined,
): CredentialError | undefined {
  try {
    if ("type" in credential) verifyCredential(credential, { rootPubkey, endpointId });
    else {
      const bound = endpointId ?? credential.endpointId;
      verifyProducerCredential(credential, { rootPubkey, endpointId: bound });
    }
    return undefined;
  } catch (error) {
    if (error instanceof CredentialError) return error;
    throw error;
  }
}

async function rootPubkeyIn(context: CommandContext, given: string): Promise<string> {
  const path = context.path(given);
  if (existsSync(path)) return await readRootPubkey(path);
  if (/^[0-9a-f]{64}$/i.test(given)) return checkRootPubkey(given);
  throw usageFailure(
    `--root-pub ${given} is neither a file nor 64 hex characters`,
    "name the file with the public root key",
    "key.missing",
  );
}
