import { interruption } from "../command/failure.ts";
import type { Host } from "../host.ts";
import type { Ask } from "./complete-request.ts";

/** Returns a function that asks on the terminal; `undefined` if stdin is not one. */
export function askOnTerminal({ stdin, stderr }: Host): Ask | undefined {
  if (stdin.isTTY !== true) return undefined;
  return async (message, check) => {
    const { isCancel, text } = await import("@clack/prompts");
    const validate = (value: string | undefined) => check(value ?? "");
    const answer = await text({ message, validate, input: stdin, output: stderr });
    if (isCancel(answer)) throw interruption();
    return answer ?? "";
  };
}
