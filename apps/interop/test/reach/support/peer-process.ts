import { fileURLToPath } from "node:url";
import { type Child, programArgs } from "@aster-apps/testkit/process";
import type { PeerCommands } from "./peer-commands.ts";

const source = fileURLToPath(new URL("../programs/peer.ts", import.meta.url));
const [command, ...args] = [process.execPath, ...programArgs("reach-peer", source)] as const;

interface Answer {
  readonly id: number;
  readonly error?: string;
  readonly result: unknown;
}

/** A host that can start programs: one of a `Lans` or of a `ShapedNetwork`. */
export type Start = (command: string, ...args: readonly string[]) => Child;

/** A program (programs/peer.ts) on a host. It is killed when this is disposed of. */
export class PeerProcess implements AsyncDisposable {
  readonly #child: Child;
  #lastId = 0;

  constructor(start: Start) {
    this.#child = start(command, ...args);
  }

  /** Runs a command. Rejects with the text of its error. */
  async ask<K extends keyof PeerCommands>(
    name: K,
    argument: PeerCommands[K][0],
    timeoutMs = 60_000,
  ): Promise<PeerCommands[K][1]> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#child.send({ id, [name]: argument });
    const isAnswer = (value: unknown): value is Answer => (value as Answer).id === id;
    const { error, result } = await this.#child.line(isAnswer, timeoutMs);
    if (error !== undefined) throw new Error(`${name}: ${error}`);
    return result as PeerCommands[K][1];
  }

  /** Waits until the program runs. */
  async ready(): Promise<void> {
    await this.ask("ready", null);
  }

  kill(): Promise<void> {
    return this[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#child.signal("SIGKILL");
    return this.#child[Symbol.asyncDispose]();
  }
}
