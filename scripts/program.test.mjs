import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";

const program = new URL("./program.mjs", import.meta.url).href;

test("a program ends when the npm that started it has exited", async () => {
  const waiting = "console.log(process.pid); setInterval(() => {}, 1000)";
  const script = `const { become } = await import(${JSON.stringify(program)});
    become(process.env, process.execPath, ["-e", ${JSON.stringify(waiting)}]);`;
  const args = ["-c", '"$0" --input-type=module -e "$1" & wait', process.execPath, script];
  const shell = spawn("/bin/sh", args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(shell.stdout, "data");
  const pid = Number(String(line).trim());
  expect(pid).toBeGreaterThan(0);
  shell.kill("SIGKILL");
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), { timeout: 10_000 });
});
