import { readFileSync } from "node:fs";
import { excludeEachOther, pairs, parseOptions, wholeNumber } from "../options.ts";
import { UsageError } from "../usage.ts";

/** Serialization modes. `xlang` is profile A, which all peers read, and `xlang1` is profile B. */
const modes = ["xlang", "xlang1", "json", "native", "row"] as const;

/** One method of the command line and its request. */
export interface PlannedCall {
  readonly method: string;
  readonly request: unknown;
}

export interface CallOptions {
  /** The calls of one round, in order. */
  readonly calls: readonly PlannedCall[];
  /** The number of rounds. */
  readonly rounds: number;
  /** The address of the peer; `undefined` with a registry. */
  readonly address: string | undefined;
  /** The address of the registry in which the peer is found. */
  readonly registry: string | undefined;
  /** The version of the service in the registry. */
  readonly version: number | undefined;
  readonly service: string;
  /** Makes all calls in one session. */
  readonly session: boolean;
  /** Refuses to call if the peer offers the service with another contract. */
  readonly checkContract: boolean;
  /** Default: the mode on which the method and the peer agree. */
  readonly mode: (typeof modes)[number] | undefined;
  /** The number of rounds that run at the same time. */
  readonly concurrency: number;
  readonly deadlineMs: number | undefined;
  /** The time after which each call is cancelled. */
  readonly cancelMs: number | undefined;
  /** The delay after each reply. */
  readonly readDelayMs: number;
  /** The delay between the requests of a stream, and between rounds. */
  readonly sendDelayMs: number;
  /** Reports every reply on arrival. */
  readonly trace: boolean;
  /** Waits for a line on stdin between connecting and calling. */
  readonly hold: boolean;
  readonly idleMs: number | undefined;
  readonly connectMs: number | undefined;
  readonly keyFile: string | undefined;
  /** A file with a credential in JSON. */
  readonly credential: string | undefined;
  /** A file with the key of the client and its credentials. */
  readonly identity: string | undefined;
  /** The entry of the identity file. */
  readonly peer: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** The expected status code. */
  readonly expect: number;
}

/** Reads the arguments of `call`; throws {@link UsageError}. */
export function callOptions(args: readonly string[]): CallOptions {
  const { values, positionals } = parseOptions(args, {
    address: { type: "string" },
    registry: { type: "string" },
    version: { type: "string" },
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
    credential: { type: "string" },
    identity: { type: "string" },
    peer: { type: "string" },
    metadata: { type: "string", multiple: true, default: [] },
    expect: { type: "string", default: "0" },
  });
  if (positionals.length === 0) throw new UsageError("call takes at least one METHOD");
  const requests = values.request.map((request) => json(textOf(request)));
  if (requests.length > positionals.length) {
    throw new UsageError(
      `call has ${requests.length} requests for ${positionals.length} METHODs; leave some requests out`,
    );
  }
  if (values.address === undefined && values.registry === undefined) {
    throw new UsageError("call needs --address or --registry");
  }
  excludeEachOther(values, "address", "registry", "version");
  const mode = modes.find((name) => name === values.mode);
  if (mode === undefined && values.mode !== undefined) {
    throw new UsageError(`--mode ${values.mode} is not supported; supported: ${modes.join(" ")}`);
  }
  excludeEachOther(values, "identity", "credential", "key-file");
  if (values.peer !== undefined && values.identity === undefined) {
    throw new UsageError("--peer names an entry of --identity, which is missing");
  }
  return {
    // the remaining methods share the last request
    calls: positionals.map((method, index) => ({
      method,
      request: index < requests.length ? requests[index] : requests.at(-1),
    })),
    rounds: wholeNumber("n", values.n, 1),
    address: values.address,
    registry: values.registry,
    version: optional("version", values.version, 0),
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
    credential: values.credential,
    identity: values.identity,
    peer: values.peer,
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
    throw new UsageError(`--request ${request} does not name a readable file`);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--request takes JSON, not ${text.slice(0, 80)}`);
  }
}
