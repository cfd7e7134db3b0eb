import type { Run } from "../../command/spec.ts";
import { presentedIn, registryIn, withRegistry } from "../../registry/open.ts";

export const manifest: Run = async (context, { options }) => {
  await withRegistry(context, registryIn(options), presentedIn(options), async (registry) => {
    const found = await registry.manifest(String(options.contract));
    context.result(found, JSON.stringify(found, null, 2));
  });
  return 0;
};
