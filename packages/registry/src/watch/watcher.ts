import type { Slot, Version } from "../document/slot.ts";
import type { RegistryView } from "../document/view.ts";
import { eventOf, type RegistryEvent } from "./registry-event.ts";

/** Endpoints that have announced their end by gossip. */
export interface Announcements {
  isDown(slot: Slot): boolean;
  observe(onChange: (slot: Slot) => void): () => void;
}

/**
 * The changes of a view as events, beginning with its present entries.
 *
 * A slow reader does not miss the last state of a key: the waiting keys are kept instead of their
 * events, each once, and an event describes the state at the time at which it is read.
 */
export async function* watchView(
  view: RegistryView,
  announcements: Announcements,
  watches: (slot: Slot) => boolean,
  signal: AbortSignal,
): AsyncGenerator<RegistryEvent, void, undefined> {
  const waiting = new Set<Slot>();
  const reported = new Map<Slot, Version | "down">();
  let wake: () => void = () => {};
  const add = (slot: Slot): void => {
    if (!watches(slot)) return;
    waiting.add(slot);
    wake();
  };
  const ends = [view.observe(add), announcements.observe(add)];
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort);
  try {
    for (const slot of view.shown()) add(slot);
    while (!signal.aborted) {
      const [slot] = waiting;
      if (slot === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted || waiting.size > 0) resolve();
        });
        continue;
      }
      waiting.delete(slot);
      const isDown = announcements.isDown(slot);
      const state = slot.shown !== undefined && !isDown ? slot.shown : "down";
      // nothing is reported about an entry that has come and gone unseen
      if (state === (reported.get(slot) ?? "down")) continue;
      if (state === "down") reported.delete(slot);
      else reported.set(slot, state);
      const event = eventOf(slot, isDown);
      if (event !== undefined) yield event;
    }
  } finally {
    for (const end of ends) end();
    signal.removeEventListener("abort", onAbort);
  }
}

/** Selects the slots of a service, or all. Access lists belong to every service. */
export function watchesService(service: string | undefined): (slot: Slot) => boolean {
  return ({ key }) => {
    if (service === undefined || key.kind === "acl") return true;
    return "service" in key && key.service === service;
  };
}
