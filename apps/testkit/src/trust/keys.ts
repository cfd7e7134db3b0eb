import { generateSecretKey } from "@aster/transport";
import { generateRootKeypair } from "@aster/trust";
import { writeNodeKey, writeRootKey } from "@aster/trust/files";
import { emit } from "../json-lines.ts";
import { noArguments, parseOptions, required } from "../options.ts";
import { UsageError } from "../usage.ts";

/** The `keys` command: makes the files of a new root key or node key. Never overwrites a file. */
export async function keys(args: readonly string[]): Promise<number> {
  const [kind, ...rest] = args;
  if (kind !== "root" && kind !== "node") {
    throw new UsageError(`keys takes root or node, not "${kind ?? ""}"`);
  }
  const { values, positionals } = parseOptions(rest, { out: { type: "string" } });
  noArguments(`keys ${kind}`, positionals);
  const out = required("out", values.out);
  if (kind === "root") {
    const root = await generateRootKeypair();
    await writeRootKey(out, root);
    emit({ publicKey: root.publicKey });
  } else {
    const { endpointId } = await writeNodeKey(out, generateSecretKey());
    emit({ endpointId });
  }
  return 0;
}
