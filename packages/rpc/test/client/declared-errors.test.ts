// Errors that a method declares: typed where the type is known, otherwise with code and message.

import { createTypeScope } from "@aster/codec";
import {
  bidiStream,
  type CallContext,
  clientStream,
  defineService,
  errorType,
  implement,
  RpcError,
  rpc,
  type ServerFault,
  StatusCode,
  serverStream,
  service,
  unary,
  wireType,
} from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { local, ways } from "../support/pairs.ts";
import { Text } from "../support/probe.ts";

const Amount = wireType("bank/Amount", { amount: z.int64() });
const NotEnoughFunds = wireType("bank/NotEnoughFunds", {
  missing: z.int64(),
  hint: z.string().default("none"),
});
const Frozen = errorType(wireType("bank/Frozen", { since: z.date() }), {
  code: StatusCode.PERMISSION_DENIED,
  message: "the account is frozen",
});
const errors = { NotEnoughFunds, Frozen };
const methods = {
  withdraw: unary(Amount, Text, { errors }),
  statement: serverStream(Amount, Text, { errors }),
  deposit: clientStream(Amount, Text, { errors }),
  trade: bidiStream(Amount, Text, { errors }),
  undeclared: unary(Amount, Text),
};
const Bank = defineService("Bank", {}, methods);
/** Has the tag of another type, as another program might have. */
const scope = createTypeScope();
const since = new Date(1_700_000_000_000);

const bank = implement(Bank, {
  async withdraw({ amount }, context) {
    if (amount === 0n) throw RpcError.of(Frozen, { since });
    throw context.error("NotEnoughFunds", { missing: amount }, "not enough");
  },
  async *statement({ amount }, context) {
    yield { text: "one" };
    throw context.error("NotEnoughFunds", { missing: amount });
  },
  deposit(_, context) {
    throw context.error("Frozen", { since });
  },
  async *trade(requests, context) {
    for await (const { amount } of requests) {
      yield { text: String(amount) };
      throw context.error("NotEnoughFunds", { missing: amount });
    }
  },
  undeclared({ amount }) {
    throw RpcError.of(Bank.methods.withdraw.errors.NotEnoughFunds, { missing: amount });
  },
});

async function failure(work: Promise<unknown>): Promise<RpcError> {
  return work.then(
    () => expect.unreachable("it succeeded"),
    (error: unknown) => error as RpcError,
  );
}

async function lastOf(stream: AsyncIterable<unknown>): Promise<RpcError> {
  return failure(
    (async () => {
      for await (const _ of stream);
    })(),
  );
}

describe.each(ways)("$title", ({ pair, mode }) => {
  test("the caller gets the data with defaults, in every pattern", async () => {
    await using opened = await pair.open({ services: [bank] });
    const client = opened.client(Bank, { serialization: mode });
    const missing = 2n ** 62n;
    const { NotEnoughFunds } = Bank.methods.withdraw.errors;
    const caught = [
      await failure(client.withdraw({ amount: missing })),
      await lastOf(client.statement({ amount: missing })),
      await lastOf(client.trade([{ amount: missing }])),
    ];
    for (const error of caught) {
      if (!NotEnoughFunds.is(error)) throw error;
      expectTypeOf(error.data).toEqualTypeOf<{ missing: bigint; hint: string }>();
      expect(error.data).toEqual({ missing, hint: "none" });
      expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
      expect(Frozen.is(error)).toBe(false);
    }
    expect(caught.map(({ rawMessage }) => rawMessage)).toEqual([
      "not enough",
      "NotEnoughFunds",
      "NotEnoughFunds",
    ]);
    for (const error of [
      await failure(client.withdraw({ amount: 0n })),
      await failure(client.deposit([])),
    ]) {
      if (!Frozen.is(error)) throw error;
      expect(error.data).toEqual({ since });
      expect(error.message).toBe("PERMISSION_DENIED: the account is frozen");
    }
  });

  test("a method that does not declare it passes on code, message and details", async () => {
    await using opened = await pair.open({ services: [bank] });
    const error = await failure(
      opened.client(Bank, { serialization: mode }).undeclared({ amount: 5n }),
    );
    expect(error).toMatchObject({ code: StatusCode.FAILED_PRECONDITION, data: undefined });
    expect(Bank.methods.withdraw.errors.NotEnoughFunds.is(error)).toBe(false);
    expect({ ...error.details }).toEqual({
      "aster-error-type": "bank/NotEnoughFunds",
      "aster-error-data": '{"missing":5,"hint":"none"}',
    });
  });

  test("a caller with another type gets code and message", async () => {
    const Other = wireType("bank/NotEnoughFunds", { missing: z.string() }, { scope });
    const { withdraw: _, ...same } = methods;
    const withdraw = unary(Amount, Text, { errors: { Other } });
    const Theirs = defineService("Bank", {}, { ...same, withdraw });
    await using opened = await pair.open({ services: [bank] });
    const client = opened.client(Theirs, { serialization: mode });
    const error = await failure(client.withdraw({ amount: 5n }));
    expect(error).toMatchObject({ code: 9, rawMessage: "not enough", data: undefined });
    expect(Theirs.methods.withdraw.errors.Other.is(error)).toBe(false);
  });
});

test("without a definition the data can be read as JSON", async () => {
  await using pair = await servicePair({ services: [bank] });
  const error = await failure(pair.client.proxy("Bank").withdraw?.({ amount: 7 }) as never);
  expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
  expect(JSON.parse(error.details["aster-error-data"] ?? "")).toMatchObject({ missing: 7 });
});

test("an error that does not fit its type or is not declared is a fault of the handler", async () => {
  const faults: ServerFault[] = [];
  const wrong = implement(Bank, {
    ...bank.handlers,
    withdraw({ amount }: { amount: bigint }, context: CallContext) {
      if (amount === 1n) throw context.error("NotEnoughFunds", { missing: "secret" });
      throw context.error("toString", {});
    },
  } as never);
  await using opened = await local.open({ services: [wrong], onError: (f) => faults.push(f) });
  for (const amount of [1n, 2n]) {
    const error = await failure(opened.client(Bank).withdraw({ amount }));
    expect(error.code).toBe(StatusCode.UNKNOWN);
    expect(error.message).not.toContain("secret");
  }
  expect(faults.map(({ cause }) => (cause as Error).name)).toEqual(["CodecError", "TypeError"]);
});

test("refuses data that is too large for a status", () => {
  expect(() =>
    RpcError.of(Bank.methods.withdraw.errors.NotEnoughFunds, {
      missing: 1n,
      hint: "x".repeat(5000),
    }),
  ).toThrow(/put at most 4096 into it/);
});

test("a class can declare errors", async () => {
  @service("Vault")
  class Vault {
    @rpc(Amount, Text, { errors: { Frozen } })
    async open(_: z.output<typeof Amount>, context: CallContext): Promise<{ text: string }> {
      throw context.error("Frozen", { since });
    }
  }
  await using pair = await servicePair({ services: [new Vault()] });
  const error = await failure(pair.client.client(Vault).open({ amount: 1n }));
  expect(Frozen.is(error) && error.data.since).toEqual(since);
});
