import type { Note } from "./sample.ts";

export type StackName = "ours" | "grpc-js";

/** Every call of both stacks carries a deadline, as calls in production do. */
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
  collect(count: number): Promise<number>;
  /** Resolves with the length of what came back. */
  echoBlob(data: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

export interface ServerStack {
  serve(): Promise<BenchServer>;
}

export interface ClientStack {
  connect(address: string): Promise<BenchClient>;
}

/** A process loads only the stack it measures. */
export function loadServer(name: StackName): Promise<ServerStack> {
  return name === "ours" ? import("./aster/server.ts") : import("./grpc/server.ts");
}

export function loadClient(name: StackName): Promise<ClientStack> {
  return name === "ours" ? import("./aster/client.ts") : import("./grpc/client.ts");
}
