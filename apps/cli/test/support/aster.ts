// Runs `aster` inside the process of a test.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Host } from "../../src/host.ts";
import { runAster } from "../../src/run.ts";

/** The end of one command. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout as JSON. */
  json<T = Record<string, unknown>>(): T;
  lines<T = Record<string, unknown>>(): T[];
}

export interface RunOptions extends Partial<Pick<Host, "openKeyringEntry" | "interrupted">> {
  readonly input?: string | AsyncIterable<string> | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Called with each part of stdout. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

/** A folder with a home folder, in which commands run. */
export interface Place extends AsyncDisposable {
  readonly path: string;
  readonly home: string;
  file(name: string): string;
  aster(args: readonly string[] | string, options?: RunOptions): Promise<Ran>;
}

/** Makes an empty folder. The caller disposes of it. */
export async function emptyPlace(): Promise<Place> {
  return placeAt(await mkdtemp(join(tmpdir(), "aster-cli-")));
}

/** Makes an empty folder in which vitest resolves the packages that modules import. */
export async function placeOfModules(): Promise<Place> {
  const folder = fileURLToPath(new URL("../.places/", import.meta.url));
  await mkdir(folder, { recursive: true });
  return placeAt(await mkdtemp(join(folder, "place-")));
}

function placeAt(path: string): Place {
  const home = join(path, "home");
  return {
    path,
    home,
    file: (name) => join(path, name),
    aster: (args, options = {}) => run(path, home, args, options),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

async function run(
  cwd: string,
  home: string,
  args: readonly string[] | string,
  { input = "", env, onOutput, ...more }: RunOptions,
): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = [text(stdout), text(stderr)];
  stdout.on("data", (chunk: Buffer) => onOutput?.(chunk.toString("utf8")));
  const argv = typeof args === "string" ? args.split(" ") : args;
  const code = await runAster(argv, {
    cwd,
    env: { HOME: home, ASTER_RELAY_MODE: "disabled", ...env },
    stdin: Readable.from(typeof input === "string" ? [input] : input, { objectMode: false }),
    stdout,
    stderr,
    interrupted: new AbortController().signal,
    ...more,
  });
  stdout.end();
  stderr.end();
  const [out = "", err = ""] = await Promise.all(texts);
  const lines = <T>(): T[] =>
    out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as T);
  return { code, stdout: out, stderr: err, lines, json: <T>() => JSON.parse(out) as T };
}

async function text(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
