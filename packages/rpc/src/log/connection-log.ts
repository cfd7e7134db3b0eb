import type { Connection, TransportError } from "@aster/transport";
import { now } from "../time/clock.ts";
import { rounded } from "./call-fields.ts";
import type { Log, LogFields } from "./log.ts";
import { maskedAddress } from "./masked-address.ts";

const LOGGER = "aster.transport";

/** The lines about connections, all of the level `debug`. */
export class ConnectionLog {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  dialing(peer: string, alpn: string): void {
    this.#log.write("debug", LOGGER, "dialing", { peer, alpn });
  }

  /** A dial that began at this time, as of `now()`, has failed. */
  dialFailed(peer: string, alpn: string, startedAt: number, error: unknown): void {
    const fields = { peer, alpn, duration_ms: rounded(now() - startedAt), error };
    this.#log.write("debug", LOGGER, "dial failed", fields);
  }

  /** A connection is open, and is watched until its end. `startedAt`: the start of its dial. */
  opened(connection: Connection, startedAt?: number): void {
    if (!this.#log.enabled("debug", LOGGER)) return;
    const { peer, alpn, side, remoteAddress } = connection;
    const openedAt = now();
    this.#log.write("debug", LOGGER, "connection opened", {
      peer,
      alpn,
      side,
      address: remoteAddress && this.#address(remoteAddress),
      duration_ms: startedAt === undefined ? undefined : rounded(openedAt - startedAt),
    });
    void connection.closed.then((error) => this.#closed({ peer, alpn, side }, openedAt, error));
  }

  #closed(connection: LogFields, openedAt: number, error: TransportError): void {
    this.#log.write("debug", LOGGER, "connection closed", {
      ...connection,
      duration_ms: rounded(now() - openedAt),
      close_code: error.applicationCode,
      reason: `transport.${error.code}`,
      error,
    });
  }

  #address(address: string): string {
    return this.#log.masks ? maskedAddress(address) : address;
  }
}
