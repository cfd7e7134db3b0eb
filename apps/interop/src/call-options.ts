import { readFileSync } from "node:fs";
import { pairs, parseOptions, wholeNumber } from "./options.ts";
import { UsageError } from "./usage.ts";

/** How messages are written: `xlang` is profile A, which everybody reads, and `xlang1` profile B. */
const modes = ["xlang", "xlang1", "json", "native", "row"] as const;

/** One call of a command. */
export interface PlannedCall {
  readonly method: string;
  readonly request: unknown;
}

export interface CallOptions {
  /** Made one after the other. */
  readonly calls: readonly PlannedCall[];
  /** How often all of them are made. */
  readonly rounds: number;
  readonly address: string;
  readonly service: string;
  /** Whether all calls are made in one session. */
  readonly session: boolean;
  /** Whether nothing is called where the peer offers the service under another contract. */
  readonly checkContract: boolean;
  /** Absent: whatever method and peer agree on. */
  readonly mode: (typeof modes)[number] | undefined;
  readonly concurrency: number;
  readonly deadlineMs: number | undefined;
  readonly cancelMs: number | undefined;
  readonly readDelayMs: number;
  /** Between the requests of a stream, and between rounds. */
  readonly sendDelayMs: number;
  /** Whether every reply is reported when it comes. */
  readonly trace: boolean;
  /** Whether a line on stdin is waited for between connecting and calling. */
  readonly hold: boolean;
  readonly idleMs: number | undefined;
  readonly connectMs: number | undefined;
  readonly keyFile: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly expect: number;
}

/** Reads the arguments of `call`; throws {@link UsageError}. */
export function callOptions(args: readonly string[]): CallOptions {
  const { values, positionals } = parseOptions(args, {
    address: { type: "string" },
    service: { type: "string", default: "Testkit" },
    session: { type: "boolean", default: false },
    "check-contract": { type: "boolean", default: false },
    request: { type: "string", multiple: true, default: ["{}"] },
    mode: { type: "string" },
    n: { type: "string", default: "1" },
    concurrency: { type: "string", default: "1" },
    "deadline-ms": { type: "string" },
    "cancel-ms": { type: "string" },
    "read-delay-ms": { type: "string", default: "0" },
    "send-delay-ms": { type: "string", default: "0" },
    trace: { type: "boolean", default: false },
    hold: { type: "boolean", default: false },
    "idle-ms": { type: "string" },
    "connect-ms": { type: "string" },
    "key-file": { type: "string" },
    metadata: { type: "string", multiple: true, default: [] },
    expect: { type: "string", default: "0" },
  });
  if (positionals.length === 0) throw new UsageError("call takes at least one METHOD");
  const requests = values.request.map((request) => json(textOf(request)));
  if (requests.length > positionals.length) {
    throw new UsageError(`call has ${requests.length} requests for ${positionals.length} METHODs`);
  }
  if (values.address === undefined) throw new UsageError("call needs --address");
  const mode = modes.find((name) => name === values.mode);
  if (mode === undefined && values.mode !== undefined) {
    throw new UsageError(`--mode ${values.mode} is not supported; supported: ${modes.join(" ")}`);
  }
  return {
    // the last request is that of all methods that are left
    calls: positionals.map((method, index) => ({
      method,
      request: index < requests.length ? requests[index] : requests.at(-1),
    })),
    rounds: wholeNumber("n", values.n, 1),
    address: values.address,
    service: values.service,
    session: values.session,
    checkContract: values["check-contract"],
    mode,
    concurrency: wholeNumber("concurrency", values.concurrency, 1),
    deadlineMs: optional("deadline-ms", values["deadline-ms"], 1),
    cancelMs: optional("cancel-ms", values["cancel-ms"], 0),
    readDelayMs: wholeNumber("read-delay-ms", values["read-delay-ms"]),
    sendDelayMs: wholeNumber("send-delay-ms", values["send-delay-ms"]),
    trace: values.trace,
    hold: values.hold,
    idleMs: optional("idle-ms", values["idle-ms"], 1),
    connectMs: optional("connect-ms", values["connect-ms"], 1),
    keyFile: values["key-file"],
    metadata: pairs("metadata", values.metadata),
    expect: wholeNumber("expect", values.expect),
  };
}

function optional(option: string, text: string | undefined, least: number): number | undefined {
  return text === undefined ? undefined : wholeNumber(option, text, least);
}

function textOf(request: string): string {
  if (!request.startsWith("@")) return request;
  try {
    return readFileSync(request.slice(1), "utf8");
  } catch {
    throw new UsageError(`--request ${request} names no file that can be read`);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--request takes JSON, not ${text.slice(0, 80)}`);
  }
}
