import type { Note } from "./sample.ts";

/**
 * `ours-closed` is Aster with a closed gate and a method that requires a role, `ours-intercepted`
 * Aster with interceptors on both sides.
 */
export const stackNames = [
  "ours",
  "ours-closed",
  "ours-intercepted",
  "grpc-js",
  "connect-node",
  "trpc-ws",
] as const;

export type StackName = (typeof stackNames)[number];

/** The timeout of every call, if the stack has deadlines: calls in production carry one. */
export const callTimeoutMs = 30_000;

export interface BenchServer {
  /** The address for the client process. */
  readonly address: string;
  close(): Promise<void>;
}

/** The measured calls, written for each stack like its users write them. */
export interface BenchClient {
  echo(note: Note): Promise<Note>;
  /** Makes a server-stream call; resolves with the number of received messages. */
  feed(count: number): Promise<number>;
  /** Makes a client-stream call; resolves with the number of messages that the server counted. */
  collect?(count: number): Promise<number>;
  /** Echoes bytes; resolves with the length of the reply. */
  echoBlob?(data: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

export interface ServerStack {
  serve(): Promise<BenchServer>;
}

export interface ClientStack {
  connect(address: string): Promise<BenchClient>;
}
