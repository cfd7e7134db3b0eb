import { existsSync } from "node:fs";
import {
  AdmissionError,
  formatRevocationList,
  parseRevocationList,
  signRevocationList,
} from "@aster/trust";
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { readText } from "../../files/read-file.ts";
import { writeWhole } from "../../files/write-file.ts";
import { rootKeyOf } from "../../operator/root-key.ts";

export const revoke: Run = async (context, { options }) => {
  const { rootKey, profile, endpointId, list: given } = options;
  const list = context.path(String(given));
  const added = (endpointId as readonly string[]).map((id) => id.toLowerCase());
  const root = await rootKeyOf(context, {
    rootKey: rootKey as string | undefined,
    profile: profile as string | undefined,
  });
  using _ = root.secretKey;
  try {
    const before = existsSync(list)
      ? parseRevocationList(await readText(list), root.publicKey)
      : undefined;
    const signed = await signRevocationList(root.secretKey, {
      sequence: (before?.sequence ?? 0) + 1,
      revoked: [...(before?.revoked ?? []), ...added],
    });
    await writeWhole(list, formatRevocationList(signed), { force: true });
    const { sequence, revoked } = signed;
    context.result(
      { list, sequence, revoked },
      `${list} has number ${sequence} and ${revoked.length} revoked endpoints`,
    );
  } catch (error) {
    throw error instanceof AdmissionError ? usageFailure(error.message) : error;
  }
  return 0;
};
