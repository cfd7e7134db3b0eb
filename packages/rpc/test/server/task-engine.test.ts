// A complete service with all four patterns over QUIC. TaskEngine of `aster-rpc` has the same
// contract id.
import { contractIdFromService } from "@aster/contract";
import { bidiStream, clientStream, rpc, serverStream, service, wireType } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import vectors from "../../../../fixtures/contract/services.json" with { type: "json" };

// the field names are those of the contract in Python
const TaskRequest = wireType("example.tasks/TaskRequest", {
  task_id: z.string(),
  priority: z.int(),
});
const TaskResult = wireType("example.tasks/TaskResult", {
  task_id: z.string(),
  status: z.string(),
});
const WatchRequest = wireType("example.tasks/WatchRequest", { filter: z.string() });
const TaskUpdate = wireType("example.tasks/TaskUpdate", {
  task_id: z.string(),
  status: z.string(),
});
const LogEntry = wireType("example.tasks/LogEntry", { line: z.string() });
const IngestResult = wireType("example.tasks/IngestResult", { count: z.int() });
const Command = wireType("example.tasks/Command", { action: z.string() });
const CommandResult = wireType("example.tasks/CommandResult", { output: z.string() });

@service({ name: "TaskEngine", version: 1, naming: "snake" })
class TaskEngine {
  @rpc(TaskRequest, TaskResult, { timeoutMs: 10_000, idempotent: true })
  async getTask({ task_id }: z.output<typeof TaskRequest>): Promise<z.output<typeof TaskResult>> {
    return { task_id, status: "running" };
  }

  @serverStream(WatchRequest, TaskUpdate)
  async *watchTasks({
    filter,
  }: z.output<typeof WatchRequest>): AsyncGenerator<z.output<typeof TaskUpdate>> {
    for (let n = 0; n < 5; n++) yield { task_id: `${filter}-${n}`, status: "updated" };
  }

  @clientStream(LogEntry, IngestResult)
  async ingestLogs(
    entries: AsyncIterable<z.output<typeof LogEntry>>,
  ): Promise<z.output<typeof IngestResult>> {
    let count = 0;
    for await (const { line } of entries) if (line !== "") count += 1;
    return { count };
  }

  @bidiStream(Command, CommandResult)
  async *execute(
    commands: AsyncIterable<z.output<typeof Command>>,
  ): AsyncGenerator<z.output<typeof CommandResult>> {
    for await (const { action } of commands) yield { output: `executed: ${action}` };
  }
}

test("runs all four methods of the task engine", async () => {
  await using pair = await servicePair({ services: [new TaskEngine()], transport: "quic" });
  const engine = pair.client.client(TaskEngine);

  expect(await engine.getTask({ task_id: "t-1", priority: 2 })).toEqual({
    task_id: "t-1",
    status: "running",
  });

  const updates: string[] = [];
  for await (const { task_id } of engine.watchTasks({ filter: "gpu" })) updates.push(task_id);
  expect(updates).toEqual(["gpu-0", "gpu-1", "gpu-2", "gpu-3", "gpu-4"]);

  async function* lines() {
    for (let n = 0; n < 100; n++) yield { line: `line ${n}` };
  }
  expect(await engine.ingestLogs(lines())).toEqual({ count: 100 });

  const outputs: string[] = [];
  // each command waits for the output of the previous one
  let answered: () => void = () => {};
  async function* commands() {
    for (const action of ["start", "pause", "stop"]) {
      const answer = new Promise<void>((resolve) => {
        answered = resolve;
      });
      yield { action };
      await answer;
    }
  }
  for await (const { output } of engine.execute(commands())) {
    outputs.push(output);
    answered();
  }
  expect(outputs).toEqual(["executed: start", "executed: pause", "executed: stop"]);
});

test("has the contract id of the Python package", () => {
  const vector = vectors.find(({ name }) => name === "task engine");
  expect(contractIdFromService(TaskEngine)).toBe(vector?.contractId);
});
