import { signal } from "@preact/signals";
import type { ErrorView } from "../protocol.ts";
import { bridge } from "./bridge.ts";
import { peer } from "./peer.ts";

/** A session of this page with a session-scoped service. */
export interface Session {
  readonly id: number;
  readonly service: string;
  readonly state: "opening" | "open" | "closed" | "failed";
  readonly error?: ErrorView | undefined;
}

/** The sessions, the latest last. */
export const sessions = signal<readonly Session[]>([]);

/** The session that calls of each service use, by its name. */
export const chosen = signal<ReadonlyMap<string, number>>(new Map());

let lastId = 0;

/** Opens a session and chooses it. Its calls wait until it is open. */
export function openSession(service: string): number {
  lastId += 1;
  sessions.value = [...sessions.value, { id: lastId, service, state: "opening" }];
  choose(service, lastId);
  bridge.send({ type: "openSession", session: lastId, service });
  return lastId;
}

export function closeSession(id: number): void {
  bridge.send({ type: "closeSession", session: id });
}

export function choose(service: string, id: number): void {
  chosen.value = new Map(chosen.value).set(service, id);
}

export const isUsable = ({ state }: Session): boolean => state === "opening" || state === "open";

/** Returns the session that calls of a service use; opens one if there is none. */
export function sessionFor(service: string): number {
  const usable = sessions.value.filter((each) => each.service === service && isUsable(each));
  const id = chosen.value.get(service);
  const found = usable.find((each) => each.id === id) ?? usable.at(-1);
  return found?.id ?? openSession(service);
}

bridge.listen((message) => {
  if (message.type === "session") {
    const { session: id, state } = message;
    const change = { state, error: message.state === "failed" ? message.error : undefined };
    sessions.value = sessions.value
      .map((each) => (each.id === id ? { ...each, ...change } : each))
      .filter((each) => each.state !== "closed");
  }
  if (message.type === "peer" && message.peer.state === "connected") sessions.value = [];
});

peer.subscribe(({ state }) => {
  if (state === "none") sessions.value = [];
});
