// Errors of a second copy of the packages in one program.
import { CodecError, type CodecErrorCode } from "@aster/codec";
import { ContractError } from "@aster/contract";
import { createLocalClient, RpcError, StatusCode } from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { TransportError, type TransportErrorCode } from "@aster/transport";
import { AdmissionError } from "@aster/trust";
import { expect, test, vi } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Probe, probe } from "../support/probe.ts";

vi.resetModules();
const other = {
  codec: await import("@aster/codec"),
  contract: await import("@aster/contract"),
  rpc: await import("@aster/rpc"),
  transport: await import("@aster/transport"),
  trust: await import("@aster/trust"),
};

class Refined extends RpcError {}

test("recognises an RpcError of another copy", () => {
  const error = new other.rpc.RpcError(StatusCode.ABORTED, "conflict");
  expect(Object.getPrototypeOf(error)).not.toBe(RpcError.prototype);
  expect(error instanceof RpcError).toBe(true);
  expect(RpcError.from(error)).toBe(error);
});

test("recognises a subclass by its prototype", () => {
  expect(new Refined(StatusCode.ABORTED, "conflict") instanceof RpcError).toBe(true);
  expect(new Refined(StatusCode.ABORTED, "conflict") instanceof Refined).toBe(true);
  expect(new RpcError(StatusCode.ABORTED, "conflict") instanceof Refined).toBe(false);
  for (const value of [null, undefined, "RpcError", {}, new Error("RpcError")]) {
    expect((value as unknown) instanceof RpcError).toBe(false);
  }
});

test("sends an RpcError of another copy that a handler throws", async () => {
  const thrown = new other.rpc.RpcError(StatusCode.ABORTED, "conflict", { details: { at: "x" } });
  const server = new Server({
    services: [probe()],
    interceptors: [() => Promise.reject(thrown)],
  });
  const error = await failure(createLocalClient(Probe, server).echo({}));
  expect(error).toMatchObject({ code: StatusCode.ABORTED, rawMessage: "conflict" });
  expect({ ...error.details }).toEqual({ at: "x" });
});

const codec: CodecErrorCode[] = ["value", "data", "limit", "mismatch", "schema"];
const transport: TransportErrorCode[] = ["address", "bind", "frame", "limit", "connect", "reset"];

test.each<[string, unknown, unknown]>([
  ...codec.map((code): [string, unknown, unknown] => [
    `CodecError ${code}`,
    new CodecError(code, "text"),
    new other.codec.CodecError(code, "text"),
  ]),
  ...transport.map((code): [string, unknown, unknown] => [
    `TransportError ${code}`,
    new TransportError(code, "text"),
    new other.transport.TransportError(code, "text"),
  ]),
  [
    "TransportError of a refused admission",
    new TransportError("closed", "text", { applicationCode: 403 }),
    new other.transport.TransportError("closed", "text", { applicationCode: 403 }),
  ],
  [
    "ContractError service",
    new ContractError("service", "text"),
    new other.contract.ContractError("service", "text"),
  ],
  [
    "ContractError limit",
    new ContractError("limit", "text"),
    new other.contract.ContractError("limit", "text"),
  ],
  [
    "AdmissionError denied",
    new AdmissionError("denied", "text"),
    new other.trust.AdmissionError("denied", "text"),
  ],
])("converts %s of another copy to the same status", (_, own, foreign) => {
  const facts = ({ code, message, details }: RpcError) => ({ code, message, details });
  expect(Object.getPrototypeOf(foreign)).not.toBe(Object.getPrototypeOf(own));
  expect(facts(RpcError.from(own)).code).not.toBe(StatusCode.UNKNOWN);
  expect(facts(RpcError.from(foreign))).toEqual(facts(RpcError.from(own)));
});
