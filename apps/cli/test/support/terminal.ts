// Runs `aster` under a pseudo-terminal, which a Python program makes.
import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import type { Place } from "./aster.ts";
import { asterArgs } from "./process.ts";

const driver = fileURLToPath(new URL("../python/terminal.py", import.meta.url));

/** A text to wait for on the screen, and the keys that are pressed then, or the new size. */
export type Step = readonly [text: string, keys: string | readonly [columns: number, rows: number]];

export const keys = {
  enter: "\r",
  tab: "\t",
  backspace: "\u007f",
  up: "\u001b[A",
  left: "\u001b[D",
  controlC: "\u0003",
  controlD: "\u0004",
} as const;

export interface Session {
  readonly code: number;
  /** Everything that was shown, without control sequences. */
  readonly screen: string;
  /** The texts that were not shown. */
  readonly missed: readonly string[];
}

/** Tells if there is a Python with pseudo-terminals. Fails without one where `CI` is set. */
export function hasTerminal(): boolean {
  try {
    execFileSync("python3", ["-c", "import pty"]);
    return true;
  } catch (error) {
    if (process.env.CI) throw error;
    return false;
  }
}

/** Runs a command, presses the keys of the steps, and resolves when it has ended. */
export async function onTerminal(
  place: Place,
  args: readonly string[],
  steps: readonly Step[],
): Promise<Session> {
  const command = [process.execPath, ...asterArgs, ...args];
  const { stdout } = await promisify(execFile)(
    "python3",
    [driver, JSON.stringify(steps), ...command],
    {
      cwd: place.path,
      env: {
        ...process.env,
        HOME: place.home,
        TERM: "xterm",
        ASTER_RELAY_MODE: "disabled",
      },
    },
  );
  const session = JSON.parse(stdout) as Session;
  return { ...session, screen: stripVTControlCharacters(session.screen) };
}
