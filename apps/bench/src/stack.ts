import type { Note } from "./sample.ts";

export const stackNames = ["ours", "grpc-js", "connect-node", "trpc-ws"] as const;

export type StackName = (typeof stackNames)[number];

/** The deadline of every call of a stack that has deadlines, as calls in production carry one. */
export const callTimeoutMs = 30_000;

export interface BenchServer {
  /** What a client process is given to dial. */
  readonly address: string;
  close(): Promise<void>;
}

/** The calls that are measured, written for each stack the way its own users write them. */
export interface BenchClient {
  echo(note: Note): Promise<Note>;
  /** One server-stream call; resolves with the number of messages that arrived. */
  feed(count: number): Promise<number>;
  /** One client-stream call; resolves with the number of messages the server counted. */
  collect?(count: number): Promise<number>;
  /** Resolves with the length of what came back. */
  echoBlob?(data: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

export interface ServerStack {
  serve(): Promise<BenchServer>;
}

export interface ClientStack {
  connect(address: string): Promise<BenchClient>;
}
