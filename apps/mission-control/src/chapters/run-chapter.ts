import { UsageError } from "../usage.ts";

/** The program of each chapter. It runs when it is imported, and ends its servers and clients. */
const chapters: Readonly<Record<string, () => Promise<unknown>>> = {
  "1": () => import("./1-first-service.ts"),
  "2": () => import("./2-live-logs.ts"),
  "3": () => import("./3-metrics.ts"),
  "4": () => import("./4-agents.ts"),
  "5": () => import("./5-credentials.ts"),
  "6": () => import("./6-python.ts"),
  "7": () => import("./7-agent-tools.ts"),
};

/** The `chapter` command. Returns the exit code; throws {@link UsageError} for another number. */
export async function runChapter(args: readonly string[]): Promise<number> {
  const [number = "", ...more] = args;
  if (more.length > 0 || !Object.hasOwn(chapters, number)) {
    throw new UsageError(`there is no chapter "${args.join(" ")}"; use 1 to 7`);
  }
  await chapters[number]?.();
  return 0;
}
