// What calls end with.
import { RpcError } from "@aster/rpc";
import { expect } from "vitest";

/** The error that a call must end with. */
export async function failure(work: unknown): Promise<RpcError> {
  const error = await Promise.resolve(work).then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RpcError);
  return error as RpcError;
}

/** All that a stream gives. */
export async function collect<T>(stream: AsyncIterable<T> | undefined): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream ?? []) all.push(one);
  return all;
}
