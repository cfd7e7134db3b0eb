import { contractIdOf, defineService, unary, wireType } from "@aster/rpc";
import { z } from "zod";
import { tell } from "./answer.ts";
import type { Question } from "./message.ts";

function method(index: number) {
  const request = wireType(`aster.bench/Request${index}`, {
    id: z.int32(),
    name: z.string(),
    tags: z.array(z.string()),
  });
  const response = wireType(`aster.bench/Response${index}`, {
    id: z.int32(),
    done: z.boolean(),
    score: z.number(),
    text: z.string(),
  });
  return unary(request, response);
}

const methods = Object.fromEntries(
  Array.from({ length: 50 }, (_, index) => [`method${index}`, method(index)]),
);
const service = defineService("Large", { version: 1 }, methods);

process.on("message", (question: Question) => {
  if (question.ask !== "contractId") return;
  const started = performance.now();
  contractIdOf(service);
  tell({ say: "contractId", milliseconds: performance.now() - started });
});
process.on("disconnect", () => process.exit());
tell({ say: "ready", address: "", sinceStartMs: performance.now() });
