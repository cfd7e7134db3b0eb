// Types, definitions and classes of a second copy of the packages in one program.
import * as codec from "@aster/codec";
import * as rpc from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";

let other: { codec: typeof codec; rpc: typeof rpc; Server: typeof Server };
beforeAll(async () => {
  vi.resetModules();
  other = {
    codec: await import("@aster/codec"),
    rpc: await import("@aster/rpc"),
    Server: (await import("@aster/rpc/server")).Server,
  };
});

const Inner = rpc.wireType("copies/Inner", { text: z.string().trim() });
const Req = rpc.wireType("copies/Req", {
  how: z.string().refine(async (how) => how !== "bad"),
  inner: Inner.default({ text: "" }),
});
const Res = rpc.wireType("copies/Res", { text: z.string() });
const Busy = rpc.wireType("copies/Busy", { ms: z.int() });
const Svc = rpc.defineService(
  "Copies",
  {},
  { go: rpc.unary(Req, Res, { errors: { Busy } }), many: rpc.serverStream(Req, Res) },
);

test("a wire type of another copy has the same bytes in every mode", () => {
  expect(other.rpc.RpcError).not.toBe(rpc.RpcError);
  const value = { how: "x", inner: { text: "i" } };
  for (const options of [{}, { profile: "B" }, { mode: "json" }, { mode: "native" }] as const) {
    const [one, two] = [codec.createCodec(options), other.codec.createCodec(options)];
    expect(two.encode(Req, value)).toEqual(one.encode(Req, value));
    expect(two.decode(Req, one.encode(Req, value))).toEqual(value);
  }
  const Outer = other.codec.wireType("copies/Outer", { req: Req });
  expect(other.codec.wireTypeInfo(Outer)?.hasRefinements).toBe(true);
  const scope = codec.createTypeScope();
  const Scoped = other.codec.wireType("copies/Scoped", { n: z.int() }, { scope });
  const own = codec.createCodec();
  expect(own.decode(Scoped, own.encode(Scoped, { n: 1 }))).toEqual({ n: 1 });
});

test("a typed value of another copy keeps its type", () => {
  const Any = rpc.wireType("copies/Any", { any: z.any() });
  const own = codec.createCodec();
  const any = other.codec.typed(codec.date(), "2026-11-21");
  expect(String(own.decode(Any, own.encode(Any, { any })).any)).toBe("2026-11-21");
});

test("each copy serves and calls implementations of the other", async () => {
  const implementation = rpc.implement(Svc, {
    go: ({ how, inner }) => {
      if (how === "busy") throw other.rpc.RpcError.of(Svc.methods.go.errors.Busy, { ms: 5 });
      if (how === "gone") throw new other.rpc.RpcError(rpc.StatusCode.NOT_FOUND, "gone");
      return { text: inner.text };
    },
    async *many({ how }) {
      if (how === "gone") throw new other.rpc.RpcError(rpc.StatusCode.NOT_FOUND, "gone");
      yield { text: how };
    },
  });
  for (const Class of [Server, other.Server]) {
    for (const lib of [rpc, other.rpc]) {
      const server = new Class({ services: [implementation] });
      const client = lib.createLocalClient(Svc, server);
      expect(await client.go({ how: "", inner: { text: " a " } })).toEqual({ text: "a" });
      const codes = [];
      for (const how of ["gone", "busy", "bad"]) {
        const error: unknown = await client.go({ how }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(lib.RpcError);
        codes.push((error as rpc.RpcError).code);
        if (how === "busy") expect((error as rpc.RpcError).data).toEqual({ ms: 5 });
      }
      expect(codes).toEqual([5, 9, 3]);
      await expect(client.many({ how: "gone" }).next()).rejects.toMatchObject({ code: 5 });
    }
  }
});

test("a class that another copy decorated is a service", async () => {
  class Decorated {
    async go({ how }: { how: string }) {
      return { text: how };
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Decorated.prototype, "go");
  const declare = other.rpc.rpc(Req, Res) as unknown as (...args: unknown[]) => void;
  declare(Decorated.prototype, "go", descriptor);
  rpc.service("CopiesClass")(Decorated);
  const server = new other.Server({ services: [new Decorated()] });
  const client = rpc.createLocalClient(Decorated as never, server) as unknown as {
    go(request: { how: string }): Promise<{ text: string }>;
  };
  expect(await client.go({ how: "x" })).toEqual({ text: "x" });
});
