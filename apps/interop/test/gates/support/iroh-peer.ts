// A peer that shares no code with this project: the iroh endpoint of another npm package.
import type { EndpointAddress } from "@aster/transport";
import {
  type Connection,
  Endpoint,
  EndpointAddr,
  EndpointId,
  RelayMode,
} from "@number0/iroh/index.js";

const bytesOf = (text: string): number[] => [...Buffer.from(text)];

/** The largest answer that a test reads. */
const MOST_BYTES = 65_536;

export class IrohPeer implements AsyncDisposable {
  readonly #endpoint: Endpoint;

  private constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  static async open(): Promise<IrohPeer> {
    const builder = Endpoint.builder();
    builder.applyMinimal();
    builder.relayMode(RelayMode.disabled());
    builder.bindAddr("127.0.0.1:0");
    return new IrohPeer(await builder.bind());
  }

  /** The endpoint id: 64 hex characters. */
  get id(): string {
    return Buffer.from(this.#endpoint.id().toBytes()).toString("hex");
  }

  connect({ endpointId, directAddresses }: EndpointAddress, alpn: string): Promise<Connection> {
    const id = EndpointId.fromBytes([...Buffer.from(endpointId, "hex")]);
    const address = new EndpointAddr(id, null, [...directAddresses]);
    return this.#endpoint.connect(address, bytesOf(alpn));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint.close();
  }
}

/** Sends bytes on a new stream, ends it, and returns all bytes of the answer. */
export async function exchange(connection: Connection, request: Uint8Array): Promise<Buffer> {
  const { send, recv } = await connection.openBi();
  await send.writeAll([...request]);
  await send.finish();
  return Buffer.from(await recv.readToEnd(MOST_BYTES));
}

/** Resolves with the reason of the end of a connection, or with "open" after a while. */
export function fateOf(connection: Connection, withinMs: number): Promise<string> {
  const open = new Promise<string>((resolve) => setTimeout(resolve, withinMs, "open"));
  return Promise.race([connection.closed(), open]);
}
