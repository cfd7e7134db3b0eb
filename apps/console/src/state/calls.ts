import { effect, signal } from "@preact/signals";
import type { ErrorView } from "../protocol.ts";
import { countEnd, countReply, countStart } from "./activity.ts";
import { bridge } from "./bridge.ts";
import { Call, type CallChoice } from "./call.ts";
import { address } from "./peer.ts";

const MOST_KEPT = 200;
/** The length of the replies that are kept, of all calls together. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** The calls of this page, the latest first. Old ones leave when they have ended. */
export const history = signal<readonly Call[]>([]);

/** The call that the view of each method shows, by `Service.method`. */
export const shown = signal<ReadonlyMap<string, Call>>(new Map());

const running = new Map<number, Call>();
let lastId = 0;

/** Makes a call. */
export function begin(choice: CallChoice): Call {
  lastId += 1;
  const call = new Call(lastId, choice, address.value);
  running.set(call.id, call);
  keep([call, ...history.value]);
  show(call);
  countStart();
  call.begin();
  return call;
}

/** Forgets the oldest calls that have ended, if there are too many or their replies too long. */
function keep(calls: readonly Call[]): void {
  let characters = 0;
  history.value = calls.filter((call, at) => {
    characters += call.replies.characters;
    return call.isRunning || (at < MOST_KEPT && characters <= MOST_CHARACTERS);
  });
  const kept = new Set(history.value);
  shown.value = new Map([...shown.value].filter(([, call]) => kept.has(call)));
}

/** Shows a call in the view of its method. */
export function show(call: Call): void {
  const { service, method } = call.choice;
  shown.value = new Map(shown.value).set(`${service}.${method}`, call);
}

/** Forgets the calls that have ended. */
export function clearHistory(): void {
  keep(history.value.filter((call) => call.isRunning));
}

const GONE: ErrorView = {
  status: "UNAVAILABLE",
  reason: "",
  message: "the command has ended",
  hint: "start the console again",
};

function finish(id: number, durationMs: number, error: ErrorView | undefined): void {
  const call = running.get(id);
  running.delete(id);
  call?.finish(durationMs, error);
  if (call !== undefined) countEnd(durationMs, error !== undefined);
}

bridge.listen((message) => {
  switch (message.type) {
    case "reply":
      running.get(message.id)?.addReply(message.reply);
      return countReply();
    case "taken":
      return running.get(message.id)?.taken();
    case "refused":
      return running.get(message.id)?.refused(message.error);
    case "ended":
      return finish(message.id, message.durationMs, message.error);
  }
});

effect(() => {
  if (bridge.state.value !== "closed") return;
  for (const call of running.values()) finish(call.id, Date.now() - call.startedAtMs, GONE);
});
