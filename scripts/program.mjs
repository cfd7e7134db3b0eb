// Runs a TypeScript program of the workspace in a child process that stands in for this one.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { root } from "./toolchain.mjs";

/** Runs a command, passes signals on to it and exits with its exit code. */
export function become(env, command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, env, stdio: "inherit", ...options });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // the terminal sends SIGINT to the whole group already
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm does not pass signals on to its child: end the program when npm has exited
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

export function becomeApp(env, name, args, options = {}) {
  const tsx = import.meta.resolve("tsx");
  const program = join(root, "apps", name, "src", "main.ts");
  become(env, "node", ["--import", tsx, program, ...args], options);
}
