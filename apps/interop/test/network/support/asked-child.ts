import type { Child } from "@aster-apps/testkit/process";

/** An answer of a program of `network/` to one command. */
export interface NetworkAnswer {
  readonly id: number;
  readonly error?: string;
}

/** Sends commands to a program of `network/` and receives an answer to each. */
export class AskedChild {
  readonly #child: Child;
  #lastId = 0;

  constructor(child: Child) {
    this.#child = child;
  }

  /** Rejects with the error of the answer, if it has one. */
  async ask<A extends NetworkAnswer>(command: object): Promise<A> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#child.send({ id, ...command });
    const isAnswer = (value: unknown): value is A => (value as A).id === id;
    const answer = await this.#child.line(isAnswer);
    if (answer.error !== undefined) throw new Error(`${JSON.stringify(command)}: ${answer.error}`);
    return answer;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
