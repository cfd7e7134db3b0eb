import type { Call } from "../state/call.ts";
import { streamsRequests } from "../state/call.ts";

/** Writes a call as a command line of sh. */
export function commandOf(call: Call, options: readonly string[]): string {
  const { service, method, pattern, session, request = "{}", metadata, timeoutMs } = call.choice;
  const more = [
    ...options,
    ...metadata.flatMap(([name, value]) => ["--metadata", `${name}=${value}`]),
    ...(timeoutMs === undefined ? [] : ["--timeout", String(timeoutMs / 1000)]),
  ];
  const requests = streamsRequests(pattern) ? call.sent.value : [request];
  if (session !== undefined) {
    const given = streamsRequests(pattern) ? `[${requests.join(",")}]` : request;
    const line = `{"method":${JSON.stringify(method)},"request":${given}}`;
    return `printf '%s\\n' ${quoted(line)} | ${words(["aster", "call", call.address, service, "--session", ...more])}`;
  }
  const target = `${service}.${method}`;
  if (!streamsRequests(pattern)) {
    return words(["aster", "call", call.address, target, request, ...more]);
  }
  const lines = requests.map(quoted).join(" ");
  const source = requests.length === 0 ? "printf ''" : `printf '%s\\n' ${lines}`;
  return `${source} | ${words(["aster", "call", call.address, target, "-", ...more])}`;
}

const words = (all: readonly string[]): string => all.map(quoted).join(" ");

/** Quotes a word for sh, if it needs that. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
