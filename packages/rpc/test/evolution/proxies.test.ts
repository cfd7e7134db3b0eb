// Proxies with the manifest of another version than the server's.
import { createTypeScope, wireType } from "@aster/codec";
import { type ContractManifest, manifestOf, typedManifestOf } from "@aster/contract/model";
import {
  defineService,
  implement,
  type ManifestProxyMethod,
  type ServiceDefinition,
  StatusCode,
  unary,
} from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { failure } from "../support/outcomes.ts";

interface Shapes {
  readonly line?: z.core.$ZodLooseShape;
  readonly done?: z.core.$ZodLooseShape;
}

const line = { price: z.int() };

function orders(scoped: "shared" | "session", { line: shape = line, done = {} }: Shapes = {}) {
  const scope = createTypeScope();
  const Line = wireType("proxies/Line", shape, { scope });
  const Order = wireType("proxies/Order", { sku: z.string(), lines: z.array(Line) }, { scope });
  const Done = wireType("proxies/Done", done, { scope });
  const Empty = wireType("proxies/Empty", {}, { scope });
  return defineService(
    "Orders",
    { scoped },
    { put: unary(Order, Done), same: unary(Empty, Empty) },
  );
}

function serving(definition: ServiceDefinition) {
  const handlers = { put: () => ({}), same: () => ({}) };
  return implement(
    definition,
    (definition.scoped === "session" ? () => handlers : handlers) as never,
  );
}

const request = { sku: "a", lines: [{ price: 1 }] };

/** Calls `put` and `same` of a server of another version, through a proxy and in a session. */
async function call(
  manifestFor: (definition: ServiceDefinition) => ContractManifest,
  next: Shapes,
) {
  const results: unknown[] = [];
  for (const scoped of ["shared", "session"] as const) {
    const manifest = manifestFor(orders(scoped));
    await using pair = await servicePair({ services: [serving(orders(scoped, next))] });
    const proxy =
      scoped === "shared"
        ? pair.client.proxy("Orders", { manifest })
        : await pair.client.session("Orders", { manifest });
    const { put, same, other } = proxy as unknown as Record<string, ManifestProxyMethod>;
    results.push(await put?.(request).catch((error: unknown) => error));
    expect(await same?.({})).toEqual({});
    expect((await failure(other?.({}))).code).toBe(StatusCode.UNIMPLEMENTED);
  }
  return results;
}

test.each([
  ["a published manifest", manifestOf],
  ["a manifest with types", typedManifestOf],
])("%s calls a server that takes its requests", async (_, manifestFor) => {
  const results = await call(manifestFor, { line: { ...line, note: z.string().optional() } });
  expect(results).toEqual([{}, {}]);
});

test("a change of a response that JSON does not read is refused", async () => {
  const results = await call(manifestOf, { done: { at: z.string().optional() } });
  for (const error of results) {
    expect(error).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      rawMessage: expect.stringContaining("in mode json: response.at: none → string?"),
    });
  }
});

test("a manifest with types also compares the types inside", async () => {
  const results = await call(typedManifestOf, { line: { price: z.string() } });
  for (const error of results) {
    expect(error).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      rawMessage: expect.stringContaining("request.lines.price: int64 → string"),
    });
  }
});
