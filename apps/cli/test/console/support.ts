// Runs `aster console`.
import type { Place, Ran } from "../support/aster.ts";

const script = new URL("../../../../scripts/console-page.mjs", import.meta.url).href;

/** Builds the page if its sources have changed. */
export async function builtPage(): Promise<void> {
  const { buildConsolePage } = (await import(script)) as { buildConsolePage(): Promise<void> };
  await buildConsolePage();
}

/** A console that runs in the process of the test. */
export interface RunningConsole extends AsyncDisposable {
  /** With the one-time token. */
  readonly url: string;
  readonly origin: string;
  /** Interrupts the command. */
  stop(): Promise<Ran>;
}

/** Starts the command with the arguments. */
export async function startConsole(place: Place, args: readonly string[]): Promise<RunningConsole> {
  const interruption = new AbortController();
  let running: Promise<Ran> | undefined;
  const printed = await new Promise<string>((resolve, reject) => {
    running = place.aster(["console", ...args, "--json", "--no-open"], {
      interrupted: interruption.signal,
      onOutput: resolve,
    });
    running.then(({ stdout, stderr }) => reject(new Error(stdout + stderr)), reject);
  });
  const { url } = JSON.parse(printed) as { url: string };
  const stop = async (): Promise<Ran> => {
    interruption.abort();
    return (await running) as Ran;
  };
  return {
    url,
    origin: new URL(url).origin,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
