import { interruption } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { lineOf } from "../../registry/event-line.ts";
import { presentedIn, registryIn, wholeNumber, withRegistry } from "../../registry/open.ts";

export const watch: Run = async (context, { options }) => {
  const { interrupted } = context.host;
  const { forMs, service } = options as Record<string, string | undefined>;
  const limitMs = forMs === undefined ? undefined : wholeNumber("for-ms", forMs);
  await withRegistry(context, registryIn(options), presentedIn(options), async (registry) => {
    const ends = limitMs === undefined ? [] : [AbortSignal.timeout(limitMs)];
    const signal = AbortSignal.any([interrupted, ...ends]);
    for await (const event of registry.watch({ service, signal })) {
      const { event: kind, key, ...fields } = lineOf(event);
      if (context.json) context.line(JSON.stringify({ event: kind, key, ...fields }));
      else context.line(`${kind} ${key}`);
    }
  });
  if (interrupted.aborted) throw interruption();
  return 0;
};
