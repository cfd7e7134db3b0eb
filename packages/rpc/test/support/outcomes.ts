// The results of calls.
import { RpcError } from "@aster/rpc";
import { expect } from "vitest";

/** Returns the error of a call, which must fail. */
export async function failure(work: unknown): Promise<RpcError> {
  const error = await Promise.resolve(work).then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RpcError);
  return error as RpcError;
}

/** Returns all items of a stream. */
export async function collect<T>(stream: AsyncIterable<T> | undefined): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream ?? []) all.push(one);
  return all;
}
