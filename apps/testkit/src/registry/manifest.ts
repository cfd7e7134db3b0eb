import { emit } from "../json-lines.ts";
import { noArguments, parseOptions, required } from "../options.ts";
import { place, withRegistry } from "./opened.ts";

const declared = { ...place, contract: { type: "string" } } as const;

/** The `registry manifest` command: prints the manifest of a contract, after its check. */
export async function manifest(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, declared);
  noArguments("registry manifest", positionals);
  const contract = required("contract", values.contract);
  emit(await withRegistry(values, (registry) => registry.manifest(contract)));
  return 0;
}
