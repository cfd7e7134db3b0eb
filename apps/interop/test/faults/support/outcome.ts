import { RpcError } from "@aster/rpc";

/** The result of a call. */
export interface Ended<T> {
  readonly items: readonly T[];
  /** 0: success. */
  readonly code: number;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
  readonly tookMs: number;
}

/** Reads an answer to its end; returns a failure with status instead of throwing it. */
export async function ended<T>(
  answer: PromiseLike<T> | AsyncIterable<T>,
  each: (items: readonly T[]) => void | Promise<void> = () => {},
): Promise<Ended<T>> {
  const items: T[] = [];
  const began = performance.now();
  const end = (code: number, message: string, details: Readonly<Record<string, string>>) => {
    return { items, code, message, details, tookMs: performance.now() - began };
  };
  try {
    if (Symbol.asyncIterator in answer) {
      for await (const item of answer) {
        items.push(item);
        await each(items);
      }
    } else {
      items.push(await answer);
      await each(items);
    }
    return end(0, "", {});
  } catch (reason) {
    if (!(reason instanceof RpcError)) throw reason;
    return end(reason.code, reason.rawMessage, reason.details);
  }
}
