import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { statusName } from "@aster/rpc";
import {
  type CallEnd,
  type CallFacts,
  callHooks,
  epochMs,
  type Interceptor,
  optionError,
  safeText,
  shortened,
} from "@aster/rpc/interceptor";
import { BoundedLines } from "./bounded-lines.ts";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";

export interface RequestLogOptions {
  /** The destination of the lines: a stream, or a function. Default: `process.stderr`. */
  readonly sink?: Writable | ((line: string) => unknown) | undefined;
  /**
   * Adds colours. Default: for a stream that is a terminal, unless a variable such as `NO_COLOR`
   * says otherwise.
   */
  readonly colors?: boolean | undefined;
}

/** The bytes of lines that may wait in a slow stream. Further lines are left out. */
const BUFFERED_BYTES = 1024 * 1024;

type Color = "green" | "yellow" | "red" | "gray";
type Paint = (color: Color, text: string) => string;

/**
 * Writes one line per call when it has ended, for development, on clients and servers:
 *
 *     12:00:00.123 server Rooms/count 1a2b3c4d...5e6f OK 1.25 ms, 1 request, 3 responses
 *
 * A failed call has the text of its error at the end. Texts of peers are escaped and cut. Times are
 * in UTC. Throws `RpcError` INVALID_ARGUMENT for a bad option.
 */
export function requestLog(options: RequestLogOptions = {}): Interceptor {
  checkNames("requestLog", options, ["sink", "colors"]);
  const { sink = process.stderr, colors } = options;
  if (colors !== undefined && typeof colors !== "boolean") {
    throw optionError("colors", "true or false", colors);
  }
  const write = writeTo(sink);
  const paint = painter(colors ?? isTerminal(sink));
  return callHooks({ end: (end, call) => write(lineOf(call, end, paint)) });
}

/** `new RequestLogInterceptor(options)` is {@link requestLog}. */
export const RequestLogInterceptor: InterceptorClass<typeof requestLog> = interceptorClass(
  "RequestLogInterceptor",
  requestLog,
);

function lineOf(call: CallFacts, end: CallEnd, paint: Paint): string {
  const { side, service, method, peer, attempt } = call;
  const { code, error, durationMs, requests, responses } = end;
  const time = new Date(epochMs()).toISOString().slice("2026-01-01T".length, -1);
  const facts = [
    `${durationMs.toFixed(2)} ms`,
    counted(requests, "request"),
    counted(responses, "response"),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
  const names = safeText(`${service}/${method}`);
  const status = paint(colorOf(code), statusName(code));
  const failure = error === undefined ? "" : `: ${safeText(error.rawMessage)}`;
  return `${paint("gray", time)} ${side} ${names} ${paint("gray", shortened(peer))} ${status} ${facts.join(", ")}${failure}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Faults of a program or of the network are red, other failures yellow. */
function colorOf(code: number): Color {
  if (code === 0) return "green";
  return ["UNKNOWN", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"].includes(statusName(code))
    ? "red"
    : "yellow";
}

function isTerminal(sink: Writable | ((line: string) => unknown)): boolean {
  return typeof sink !== "function" && styleText("red", "x", { stream: sink }) !== "x";
}

function painter(colors: boolean): Paint {
  if (!colors) return (_, text) => text;
  return (color, text) => styleText(color, text, { validateStream: false });
}

function writeTo(sink: Writable | ((line: string) => unknown)): (line: string) => unknown {
  if (typeof sink === "function") return sink;
  if (typeof sink?.write !== "function" || typeof sink.on !== "function") {
    throw optionError("sink", "a writable stream or a function", sink);
  }
  const lineOfLost = (count: number): string => `${counted(count, "line")} left out`;
  const lines = new BoundedLines(sink, BUFFERED_BYTES, lineOfLost, () => {});
  return (line) => lines.write(line);
}
