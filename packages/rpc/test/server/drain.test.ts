import { setTimeout as sleep } from "node:timers/promises";
import { openGate } from "@aster/trust";
import { expect, it } from "vitest";
import { z } from "zod";
import { AsterClient } from "../../src/aster-client.ts";
import { AsterServer } from "../../src/aster-server.ts";
import { defineService, implement, unary, wireType } from "../../src/index.ts";

const Note = wireType("drain/Note", { text: z.string().default("") });
const Slow = defineService("Slow", {}, { answer: unary(Note, Note) });

it("answers running calls before it closes", async () => {
  const handlers = {
    async answer(note: z.output<typeof Note>) {
      await sleep(200);
      return note;
    },
  };
  const server = await AsterServer.start({
    services: [implement(Slow, handlers)],
    gate: openGate(),
    network: "none",
  });
  await using client = await AsterClient.connect(server.address, { network: "none" });
  const slow = client.client(Slow);
  const answers = Array.from({ length: 20 }, (_, index) => slow.answer({ text: `${index}` }));
  await expect.poll(() => server.stats().calls).toBe(20);
  await server.close();
  const texts = (await Promise.all(answers)).map(({ text }) => text);
  expect(texts).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
});
