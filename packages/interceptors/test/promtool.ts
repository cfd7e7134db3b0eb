// promtool of Prometheus, which reads metrics and rules as a Prometheus server does.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const path: string | undefined = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "promtool"))
  .find((file) => existsSync(file));

/** True where promtool is missing and need not be there. With `CI` set the tests fail instead. */
export const withoutPromtool: boolean = path === undefined && !process.env.CI;

if (withoutPromtool) {
  console.log(
    'promtool: not tested: install Prometheus ("apt-get install prometheus"), or put promtool on the PATH',
  );
}

/**
 * Runs promtool in a folder with this text as its input. Returns what it printed. Rejects when it
 * fails or finds fault with the input.
 */
export async function promtool(
  args: readonly string[],
  { input = "", cwd = process.cwd() }: { input?: string; cwd?: string } = {},
): Promise<string> {
  if (path === undefined) throw new Error("no promtool on the PATH");
  const child = spawn(path, args, { cwd });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (code !== 0) throw new Error(`promtool ${args.join(" ")} ended with ${code}:\n${printed}`);
  return printed;
}
