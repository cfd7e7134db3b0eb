// Runs tasks side by side.

/**
 * Runs `tasks` in their order, `count` at a time, and calls `done` with each task, its result
 * and its duration in milliseconds. A task begins when those of its list `after` have ended, and
 * shares the machine with no other one if it is `alone`. A task whose `run` throws has the error as
 * its result.
 */
export async function runInLanes(tasks, count, done) {
  const waiting = [...tasks];
  const running = new Map();
  const open = () => new Set([...waiting, ...running.keys()].map(({ name }) => name));
  const isReady = ({ after = [] }, names) => !after.some((name) => names.has(name));
  const hasRoom = ({ alone }) =>
    running.size < (alone ? 1 : count) && ![...running.keys()].some((task) => task.alone);

  async function start(task) {
    const started = Date.now();
    const result = await Promise.resolve()
      .then(() => task.run())
      .catch((error) => error);
    running.delete(task);
    done(task, result, Date.now() - started);
  }

  while (waiting.length > 0 || running.size > 0) {
    const names = open();
    const next = waiting.find((task) => isReady(task, names));
    if (next !== undefined && hasRoom(next)) {
      waiting.splice(waiting.indexOf(next), 1);
      running.set(next, start(next));
    } else if (running.size > 0) {
      await Promise.race(running.values());
    } else {
      throw new Error(`tasks wait for each other: ${[...names].join(", ")}`);
    }
  }
}
