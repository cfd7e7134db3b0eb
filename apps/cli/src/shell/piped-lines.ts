import { createInterface } from "node:readline";
import { usageFailure } from "../command/failure.ts";
import type { Host } from "../host.ts";
import { LineQueue, type ShellLines } from "./lines.ts";

/** The lines of stdin. The caller disposes of them, which closes it. */
export function pipedLines({ stdin, interrupted }: Host): ShellLines {
  const queue = new LineQueue();
  const reader = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on("line", (line) => queue.push(line));
  reader.on("close", () => queue.end());
  const stop = (): void => reader.close();
  interrupted.addEventListener("abort", stop);
  return {
    interactive: false,
    next: (_, signal) => queue.next(signal),
    ask: () => Promise.reject(usageFailure("stdin is not a terminal to ask for a value")),
    during: (write) => write(),
    async [Symbol.asyncDispose]() {
      interrupted.removeEventListener("abort", stop);
      reader.close();
      // an open stdin keeps the process alive
      stdin.destroy();
    },
  };
}
