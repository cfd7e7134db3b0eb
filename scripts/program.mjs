// Runs a TypeScript program of the workspace in place of this process, as far as Node allows.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { root } from "./toolchain.mjs";

/** Ends this process with the exit code of the program; signals are passed on to it. */
export function become(env, command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, env, stdio: "inherit", ...options });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // the terminal sends SIGINT to the whole group already
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm takes signals for itself and leaves what it started behind: when it is gone, the program is to end too
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill("SIGTERM");
  }, 250).unref();
  child.on("error", (error) => {
    process.stderr.write(`aster: ${command} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

export function becomeApp(env, name, args) {
  const tsx = import.meta.resolve("tsx");
  become(env, "node", ["--import", tsx, join(root, "apps", name, "src", "main.ts"), ...args]);
}
