import type { ClientSession } from "./client-session.ts";
import type { SessionControl } from "./session.ts";

/** What the caller has of a session beside its methods. */
export function controlOf(session: ClientSession): SessionControl {
  const close = async (): Promise<void> => session.close();
  return { close, closed: session.ending, [Symbol.asyncDispose]: close };
}
