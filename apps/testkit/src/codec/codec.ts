import { once } from "node:events";
import { createInterface } from "node:readline";
import { UsageError } from "../usage.ts";
import { type CodecAnswer, codecAnswer } from "./answer.ts";

/** The `codec` command: answers every line of stdin with one line. Returns the exit code. */
export async function codec(args: readonly string[]): Promise<number> {
  if (args.length > 0)
    throw new UsageError("codec takes no arguments: requests are lines of stdin");
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "") continue;
    if (!process.stdout.write(`${JSON.stringify(answer(line))}\n`))
      await once(process.stdout, "drain");
  }
  return 0;
}

function answer(line: string): CodecAnswer {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    return { error: { code: "notation", message: "not a line of JSON" } };
  }
  return codecAnswer(request);
}
