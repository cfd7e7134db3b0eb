import type { Run } from "../../command/spec.ts";
import { keyFileResult, makeKeyFile } from "../../operator/root-key-file.ts";

export const keygen: Run = async (context, { options }) => {
  const made = await makeKeyFile(context, String(options.outKey), {
    force: options.force === true,
    asksPassphrase: options.passphrase === true,
  });
  keyFileResult(context, made);
  return 0;
};
