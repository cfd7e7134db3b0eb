import { expect } from "vitest";
import { type Connection, TransportError } from "../../src/index.ts";
import type { NodePair } from "../../src/testing.ts";
import { ALPN } from "./pair.ts";

export function dial({ client, server }: NodePair, alpn: string = ALPN): Promise<Connection> {
  return client.connect(server.address(), alpn);
}

/** Resolves with the failure of a dial. A peer may also refuse just after the handshake. */
export async function failureOf(dialed: Promise<Connection>): Promise<TransportError> {
  try {
    return await (await dialed).closed;
  } catch (error) {
    expect(error).toBeInstanceOf(TransportError);
    return error as TransportError;
  }
}
