/** Something that has news for its own side. */
export interface LocalTurn {
  /** Never throws. */
  deliver(): void;
}

// two sides that keep each other busy must leave timers and sockets their turn
const ROUNDS_BEFORE_YIELD = 128;

let due: LocalTurn[] = [];
let rounds = 0;

/** Delivers in a later microtask, one for everything that is due by then. The caller makes sure that nothing is due twice. */
export function deliverSoon(turn: LocalTurn): void {
  due.push(turn);
  if (due.length > 1) return;
  rounds += 1;
  if (rounds < ROUNDS_BEFORE_YIELD) queueMicrotask(flush);
  else {
    rounds = 0;
    setImmediate(flush);
  }
}

function flush(): void {
  const turns = due;
  due = [];
  for (const turn of turns) turn.deliver();
}
