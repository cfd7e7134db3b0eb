import type { Host } from "../host.ts";
import { stylist } from "../output/style.ts";
import { ExitCode, type Failure } from "./failure.ts";

/** Prints a failure: an object on stdout with `json`, else a line on stderr. */
export function report(failure: Failure, host: Host, json: boolean): void {
  const { fields } = failure;
  if (json) host.stdout.write(`${JSON.stringify({ error: fields })}\n`);
  else {
    const style = stylist(host.stderr, host);
    const onCall = failure.exitCode === ExitCode.FAILED ? `${fields.status}: ` : "";
    const { declared } = fields;
    const data = declared ? ` ${oneLine(declared.type)} ${JSON.stringify(declared.data)}` : "";
    const hint = fields.hint === "" ? "" : `; ${fields.hint}`;
    host.stderr.write(
      `${style("red", "aster:")} ${onCall}${oneLine(fields.message)}${data}${hint}\n`,
    );
  }
}

/** Escapes control characters, which may come from a peer. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
