import { unknownName } from "../call/call-failure.ts";
import type { Callee, CalleeMethod } from "../call/callee.ts";
import { completed } from "../call/complete-request.ts";
import { streamsRequests } from "../call/invoke.ts";
import { printReplies } from "../call/print-replies.ts";
import { requestOf } from "./request.ts";
import type { Shell } from "./shell.ts";
import { type Word, wordsOf } from "./words.ts";

/**
 * Calls a method with the request of the words and prints its replies. Requests of a stream are a
 * JSON list, or the next lines up to `end`.
 */
export async function callMethod(
  shell: Shell,
  callee: Callee,
  name: string,
  words: readonly Word[],
  signal: AbortSignal,
): Promise<void> {
  const method = callee.method(name);
  if (method === undefined) throw unknownName("method", name, callee.names ?? []);
  const { context, lines } = shell;
  const options = { signal, timeoutMs: context.timeoutMs };
  if (!streamsRequests(method)) {
    const request = requestOf(words, method.form);
    const ask = lines.interactive ? lines.ask.bind(lines) : undefined;
    const whole = ask === undefined ? request : await completed(method, request, ask);
    return await printReplies(shell, method, whole, options);
  }
  if (words.length > 0 && words[0]?.text !== "-") {
    const request = requestOf(words, method.form);
    const requests = Array.isArray(request) ? request : [request];
    return await printReplies(shell, method, requests, options);
  }
  const items = new LineItems(shell, method);
  try {
    await printReplies(shell, method, items, options);
  } finally {
    await items.close();
  }
}

/** The requests of a stream that lines contain, up to `end`. */
class LineItems implements AsyncIterable<unknown> {
  readonly #shell: Shell;
  readonly #method: CalleeMethod;
  readonly #closing = new AbortController();
  #ended = false;

  constructor(shell: Shell, method: CalleeMethod) {
    this.#shell = shell;
    this.#method = method;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      const words = await this.#next();
      if (words === undefined) return;
      if (words.length > 0) yield requestOf(words, this.#method.form);
    }
  }

  /** Skips the other lines of the call, which a script has written for it. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (!this.#ended && !this.#shell.lines.interactive) await this.#line();
  }

  async #next(): Promise<readonly Word[] | undefined> {
    const line = await this.#line(this.#closing.signal);
    return line === undefined ? undefined : wordsOf(line);
  }

  /** A line of the call; `undefined` at its end and when the signal fires. */
  async #line(signal?: AbortSignal): Promise<string | undefined> {
    const line = await this.#shell.lines.next(`${this.#method.name}+ `, signal);
    if (line !== undefined && line.trim() !== "end") return line;
    if (line !== undefined || signal?.aborted !== true) this.#ended = true;
    return undefined;
  }
}
