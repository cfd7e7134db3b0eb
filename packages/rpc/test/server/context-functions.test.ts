// The functions of a context, taken out of it.
import { currentCall, defineService, implement, unary, wireType } from "@aster/rpc";
import { expect, test } from "vitest";
import { z } from "zod";
import { failure } from "../support/outcomes.ts";
import { pairs } from "../support/pairs.ts";
import { Text } from "../support/probe.ts";

const Missing = wireType("parts/Missing", { what: z.string() });
const Parts = defineService("Parts", {}, { get: unary(Text, Text, { errors: { Missing } }) });
const parts = implement(Parts, {
  get({ text }, { error, remainingMs, addTrailer }) {
    addTrailer("left", String((remainingMs() ?? 0) > 5_000));
    const later = currentCall()?.remainingMs;
    addTrailer("current", String((later?.() ?? 0) > 5_000));
    if (text === "missing") throw error("Missing", { what: "it" }, "not here");
    return { text };
  },
});

test.each(pairs)("work without it over $name", async (pair) => {
  await using opened = await pair.open({ services: [parts] });
  const client = opened.client(Parts);
  let pairs: unknown;
  const options = {
    timeoutMs: 10_000,
    onTrailer: (trailer: Iterable<readonly [string, string]>) => {
      pairs = Object.fromEntries(trailer);
    },
  };
  expect(await client.get({ text: "x" }, options)).toEqual({ text: "x" });
  expect(pairs).toEqual({ left: "true", current: "true" });
  const missing = await failure(client.get({ text: "missing" }, options));
  expect(missing).toMatchObject({ rawMessage: "not here", data: { what: "it" } });
  expect(pairs).toMatchObject({ left: "true", current: "true" });
});
