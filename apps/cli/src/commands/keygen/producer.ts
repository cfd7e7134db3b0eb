import { rm } from "node:fs/promises";
import { generateSecretKey } from "@aster/transport";
import { writeNodeKey } from "@aster/trust/files";
import type { Run } from "../../command/spec.ts";
import { newPassphrase } from "../../operator/passphrase.ts";
import { columns } from "../../output/table.ts";

export const producer: Run = async (context, { options }) => {
  const file = context.path(String(options.out));
  const passphrase = await newPassphrase(context, options.passphrase === true);
  if (options.force === true) await rm(file, { force: true });
  const { endpointId, secretKey } = await writeNodeKey(file, generateSecretKey(), { passphrase });
  secretKey.dispose();
  context.result({ endpointId, keyIn: file }, () =>
    columns([
      ["endpoint id", endpointId],
      ["key in", file],
    ]),
  );
  return 0;
};
