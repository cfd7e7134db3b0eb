import { expect, test } from "vitest";
import { runInLanes } from "./lanes.mjs";

/** Runs tasks that end in the order in which `end` names them. Returns what happened. */
async function trace(tasks, count, end) {
  const events = [];
  const ends = new Map();
  const order = [...end];
  const endNext = () => {
    if (ends.has(order[0])) ends.get(order.shift())();
  };
  const traced = tasks.map((task) => ({
    ...task,
    run: async () => {
      events.push(`+${task.name}`);
      await new Promise((resolve) => {
        ends.set(task.name, resolve);
        setImmediate(endNext);
      });
    },
  }));
  await runInLanes(traced, count, ({ name }) => {
    events.push(`-${name}`);
    setImmediate(endNext);
  });
  return events.join(" ");
}

const named = (...names) => names.map((name) => ({ name }));

test("runs as many tasks at a time as there are lanes, in their order", async () => {
  expect(await trace(named("a", "b", "c"), 2, "bca")).toBe("+a +b -b +c -c -a");
  expect(await trace(named("a", "b", "c"), 1, "abc")).toBe("+a -a +b -b +c -c");
});

test("begins a task when those before it have ended, and another one meanwhile", async () => {
  const tasks = [{ name: "a" }, { name: "b", after: ["a"] }, { name: "c" }];
  expect(await trace(tasks, 2, "cab")).toBe("+a +c -c -a +b -b");
});

test("waits for no task that is not in the list", async () => {
  expect(await trace([{ name: "b", after: ["a"] }], 2, "b")).toBe("+b -b");
});

test("gives the machine to a task that runs alone", async () => {
  const tasks = [{ name: "a" }, { name: "b", alone: true }, { name: "c" }];
  expect(await trace(tasks, 2, "abc")).toBe("+a -a +b -b +c -c");
});

test("passes the error of a task on and goes on", async () => {
  const results = [];
  const tasks = [
    {
      name: "a",
      run: () => {
        throw new Error("x");
      },
    },
    { name: "b", run: async () => 1 },
  ];
  await runInLanes(tasks, 2, (task, result) => results.push([task.name, result]));
  expect(results).toEqual([
    ["a", new Error("x")],
    ["b", 1],
  ]);
});

test("refuses tasks that wait for each other", async () => {
  const tasks = [
    { name: "a", after: ["b"] },
    { name: "b", after: ["a"] },
  ];
  await expect(runInLanes(tasks, 2, () => {})).rejects.toThrow("wait for each other: a, b");
});
