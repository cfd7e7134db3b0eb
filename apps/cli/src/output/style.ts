import type { Writable } from "node:stream";
import { styleText } from "node:util";
import type { Host, MaybeTerminal } from "../host.ts";

type Format = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Returns a function that colours text for a stream: on a terminal only, and not with NO_COLOR. */
export function stylist(
  stream: MaybeTerminal<Writable>,
  { env }: Pick<Host, "env">,
): (format: Format, text: string) => string {
  const plain = stream.isTTY !== true || !!env.NO_COLOR || env.TERM === "dumb";
  return (format, text) => (plain ? text : styleText(format, text, { validateStream: false }));
}
