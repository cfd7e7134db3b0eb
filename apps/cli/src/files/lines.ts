import { createInterface } from "node:readline";
import type { Host } from "../host.ts";
import { parseJson } from "./read-file.ts";

/** The lines of stdin that are not blank. Leaving the loop closes it. */
export async function* linesOf({ stdin, interrupted }: Host): AsyncGenerator<string> {
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const stop = (): void => lines.close();
  interrupted.addEventListener("abort", stop);
  try {
    for await (const line of lines) if (line.trim() !== "") yield line;
  } finally {
    interrupted.removeEventListener("abort", stop);
    lines.close();
    // an open stdin keeps the process alive
    stdin.destroy();
  }
}

/** The JSON values of stdin, one a line. */
export async function* valuesOf(host: Host): AsyncGenerator<unknown> {
  let number = 0;
  for await (const line of linesOf(host)) {
    number += 1;
    yield parseJson(line, `line ${number} of stdin`);
  }
}
