// A pkarr server and the DNS server of its records, as a test needs them:
// https://pkarr.org/relays over HTTP, and TXT records over UDP.
import { createPublicKey, verify } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const Z_BASE_32 = "ybndrfg8ejkmcpqxot1uwisza345h769";
/** The head of an ed25519 public key in DER. */
const KEY_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;
const DNS_HEAD_BYTES = 12;
const TXT = 16;

/** Writes a key in z-base-32, as pkarr names it. */
export function zBase32(key: Uint8Array): string {
  const bits = [...key].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => Z_BASE_32[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}

/**
 * The records of nodes by their id in z-base-32. A record that its key has not signed is refused.
 */
export class DiscoveryServer implements AsyncDisposable {
  /** The last signed record of each node: signature, time, DNS packet. */
  readonly records: Map<string, Buffer> = new Map();
  /** The names that were asked for over DNS. */
  readonly asked: string[] = [];
  readonly #http: Server = createServer((request, response) => void this.#serve(request, response));
  readonly #dns: Socket = createSocket("udp4");
  readonly #origin: string;

  private constructor(origin: string) {
    this.#origin = origin;
  }

  static async start(origin = "aster.test"): Promise<DiscoveryServer> {
    const server = new DiscoveryServer(origin);
    server.#http.listen(0, "127.0.0.1");
    server.#dns.on("message", (query, from) => server.#answer(query, from));
    server.#dns.bind(0, "127.0.0.1");
    await Promise.all([once(server.#http, "listening"), once(server.#dns, "listening")]);
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/pkarr`;
  }

  /** The `ip:port` of the DNS server. */
  get nameserver(): string {
    return `127.0.0.1:${this.#dns.address().port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#dns.close();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = request.url?.split("/").at(-1) ?? "";
    if (request.method === "PUT") {
      const record = Buffer.concat(await request.toArray());
      const good = isSigned(name, record);
      if (good) this.records.set(name, record);
      response.writeHead(good ? 204 : 400).end();
      return;
    }
    const record = this.records.get(name);
    response.writeHead(record === undefined ? 404 : 200).end(record);
  }

  /** Answers a query of the TXT records of a node with those of its signed packet. */
  #answer(query: Buffer, from: RemoteInfo): void {
    const { name, end } = readName(query, DNS_HEAD_BYTES);
    this.asked.push(name);
    const [label, id = "", ...origin] = name.split(".");
    const known = label === "_iroh" && origin.join(".") === this.#origin;
    const record = known ? this.records.get(id) : undefined;
    const texts =
      record === undefined ? [] : textsOf(record.subarray(SIGNATURE_BYTES + TIME_BYTES));
    const head = Buffer.from(query.subarray(0, DNS_HEAD_BYTES));
    head.writeUInt16BE(texts.length === 0 ? 0x8403 : 0x8400, 2); // an answer; no such name, or found
    head.writeUInt16BE(texts.length, 6);
    head.writeUInt32BE(0, 8);
    const answers = texts.map((text) => {
      const answer = Buffer.from("c00c00100001000000000000", "hex"); // the name asked for, TXT, IN
      answer.writeUInt16BE(text.length, 10);
      return Buffer.concat([answer, text]);
    });
    const question = query.subarray(DNS_HEAD_BYTES, end + 4);
    this.#dns.send(Buffer.concat([head, question, ...answers]), from.port, from.address);
  }
}

/** Verifies the signature of a record by the key in its name. */
function isSigned(name: string, record: Buffer): boolean {
  const bits = [...name].map((char) => Z_BASE_32.indexOf(char).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  const time = record.readBigUInt64BE(SIGNATURE_BYTES);
  const packet = record.subarray(SIGNATURE_BYTES + TIME_BYTES);
  const signed = Buffer.concat([Buffer.from(`3:seqi${time}e1:v${packet.length}:`), packet]);
  const der = Buffer.concat([KEY_HEAD, key]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, signed, publicKey, record.subarray(0, SIGNATURE_BYTES));
}

/** Returns the data of the TXT records of a DNS packet without questions. */
function textsOf(packet: Buffer): Buffer[] {
  const texts: Buffer[] = [];
  let at = DNS_HEAD_BYTES;
  for (let left = packet.readUInt16BE(6); left > 0; left -= 1) {
    const { end } = readName(packet, at);
    const length = packet.readUInt16BE(end + 8);
    at = end + 10 + length;
    if (packet.readUInt16BE(end) === TXT) texts.push(packet.subarray(end + 10, at));
  }
  return texts;
}

/** Reads a name. `end` is the place behind it; a pointer ends it. */
function readName(packet: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  for (;;) {
    const length = packet.readUInt8(at);
    if (length >= 0xc0) return { name: labels.join("."), end: at + 2 };
    if (length === 0) return { name: labels.join("."), end: at + 1 };
    labels.push(packet.toString("latin1", at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
}

/** Returns the texts that a node has published, such as `addr=127.0.0.1:4433`. */
export function published(server: DiscoveryServer, id: string): string[] {
  const record = server.records.get(zBase32(Buffer.from(id, "hex")));
  if (record === undefined) return [];
  return textsOf(record.subarray(SIGNATURE_BYTES + TIME_BYTES)).map((text) =>
    text.toString("latin1", 1),
  );
}
