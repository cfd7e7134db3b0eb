import { setTimeout as sleep } from "node:timers/promises";
import type { Channel, Connection, Node, TransportError } from "@aster/transport";
import { memoryPair, type NodePair } from "@aster/transport/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import vectors from "../../../../fixtures/admission/admission.json" with { type: "json" };
import {
  type AdmissionOffer,
  CONSUMER_ADMISSION_ALPN,
  requestAdmission,
  type ServeAdmissionOptions,
  serveAdmission,
} from "../../src/admission.ts";
import { type AdmissionGate, type AdmissionOutcome, openGate, PeerStore } from "../../src/index.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (from: string): Uint8Array => new TextEncoder().encode(from);

const denial = vectors.denials[0]?.text ?? "";
const [noCredential, withCredential] = vectors.requests.map((request) => request.text);
const raw = { raw: true };

const offer: AdmissionOffer = {
  services: [
    {
      name: "Echo",
      version: 1,
      contractId: "11".repeat(32),
      channels: { rpc: "bm9kZQ==" },
      scoped: "shared",
      serializationModes: [],
    },
  ],
  registryNamespace: "33".repeat(32),
  rootPubkey: "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
};

let pair: NodePair;
let server: Node;
let client: Node;
let outcomes: AdmissionOutcome[];
/** The code of the last STOP_SENDING that came from the server. */
let stoppedWith: number | undefined;

beforeEach(async () => {
  pair = await memoryPair();
  ({ server, client } = pair);
  outcomes = [];
  stoppedWith = undefined;
});

afterEach(() => pair[Symbol.asyncDispose]());

/** Answers the admissions of every connection from now on. */
function serve(options: Partial<ServeAdmissionOptions> = {}): void {
  serveWith((connection) =>
    serveAdmission(connection, {
      gate: openGate(),
      offer: () => offer,
      onDecision: (outcome) => outcomes.push(outcome),
      ...options,
    }),
  );
}

function serveWith(answer: (connection: Connection) => void): void {
  const alpns = [CONSUMER_ADMISSION_ALPN];
  const connections = server.accept(alpns, { raw: alpns });
  void (async () => {
    for await (const connection of connections) answer(connection);
  })();
}

function dial(): Promise<Connection> {
  return client.connect(server.address(), CONSUMER_ADMISSION_ALPN, raw);
}

interface Exchange {
  readonly channel: Channel;
  /** The text that the peer sent until it ended, or the loss of the channel. */
  readonly answer: Promise<string | TransportError>;
}

function open(connection: Connection): Exchange {
  let channel: Channel | undefined;
  const answer = new Promise<string | TransportError>((resolve) => {
    let received = "";
    channel = connection.open({
      frame: (_flags, piece) => {
        received += text(piece);
      },
      end: () => resolve(received),
      malformed: resolve,
      stopped: (code) => {
        stoppedWith = code;
      },
      closed: resolve,
    });
  });
  if (channel === undefined) throw new Error("open gives a channel");
  return { channel, answer };
}

async function ask(request: string | Uint8Array): Promise<string | TransportError> {
  const { channel, answer } = open(await dial());
  channel.send(0, typeof request === "string" ? bytes(request) : request, true);
  return answer;
}

describe("an admission", () => {
  test("of an open gate returns the offer and stores the peer", async () => {
    const peers = new PeerStore();
    serve({ peers });
    const response = await requestAdmission(await dial());
    expect(response).toEqual({ ...offer, admitted: true, attributes: {}, reason: "" });
    expect(peers.get(client.id)).toMatchObject({ attributes: {} });
    expect(outcomes).toEqual([{ peer: client.id, admitted: true, reason: "" }]);
  });

  test("passes the request and the proven key to the gate and stores its attributes", async () => {
    const peers = new PeerStore();
    const seen: unknown[] = [];
    const attributes = { "aster.role": "reader", "aster.name": "bob" };
    const gate: AdmissionGate = {
      open: false,
      admit: async (request, peer) => {
        seen.push(request, peer);
        return { admitted: true, attributes };
      },
    };
    serve({ gate, peers });
    const response = await requestAdmission(await dial(), {
      credentialJson: "credential",
      iidToken: "token",
    });
    expect(seen).toEqual([{ credentialJson: "credential", iidToken: "token" }, client.id]);
    expect(response.attributes).toEqual(attributes);
    expect(peers.get(client.id)?.roles.has("reader")).toBe(true);
  });

  test("that is denied has no reason, stores no peer and leaves the connection open", async () => {
    const peers = new PeerStore();
    serve({ peers });
    const connection = await dial();
    await expect(requestAdmission(connection, { credentialJson: "{}" })).rejects.toMatchObject({
      name: "AdmissionError",
      code: "denied",
    });
    expect(peers.size).toBe(0);
    expect(outcomes).toEqual([
      expect.objectContaining({ admitted: false, reason: expect.stringContaining("verify") }),
    ]);
    expect(await Promise.race([connection.closed, sleep(20, "open")])).toBe("open");
  });
});

describe("a time limit", () => {
  const late: AdmissionGate = {
    open: false,
    admit: () => sleep(20, { admitted: true, attributes: {} } as const),
  };

  test.each([2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY])(
    "of %d ms does not end",
    async (timeoutMs) => {
      serve({ gate: late, timeoutMs });
      expect(await requestAdmission(await dial(), { timeoutMs })).toMatchObject({ admitted: true });
    },
  );

  test.each([0, -1, Number.NaN, "5", null])("of %j is refused by both sides", async (value) => {
    const expected = { code: "option", message: expect.stringContaining("option timeoutMs must") };
    const timeoutMs = value as number;
    const refused: unknown[] = [];
    serveWith((connection) => {
      try {
        serveAdmission(connection, { gate: late, offer: () => offer, timeoutMs });
      } catch (error) {
        refused.push(error);
      }
    });
    const connection = await dial();
    await expect(requestAdmission(connection, { timeoutMs })).rejects.toMatchObject(expected);
    await sleep(1);
    expect(refused).toEqual([expect.objectContaining(expected)]);
  });
});

describe("a gate", () => {
  test.each([
    [{ admitted: "yes", attributes: {} }],
    [{ admitted: true }],
    [{ admitted: true, attributes: { "aster.role": 7 } }],
    [{ admitted: true, attributes: {}, expiresAtMs: Number.NaN }],
    [null],
  ])("that answers %j denies at once", async (decision) => {
    const peers = new PeerStore();
    serve({ peers, gate: { open: false, admit: () => decision as never } });
    expect(await ask(noCredential ?? "")).toBe(denial);
    expect(peers.size).toBe(0);
  });

  test("may be observed by a function that fails", async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on("unhandledRejection", note);
    serve({ onDecision: () => Promise.reject(new Error("no disk")) as never });
    expect(await requestAdmission(await dial())).toMatchObject({ admitted: true });
    await sleep(1);
    process.off("unhandledRejection", note);
    expect(uncaught).toEqual([]);
  });
});

describe("the bytes of a server", () => {
  test("are those of the Python package, for a request in pieces or whole", async () => {
    serve({ offer: () => ({ services: [], registryNamespace: "", rootPubkey: offer.rootPubkey }) });
    const expected = vectors.responses.find(({ name }) => name === "nothing offered")?.text;
    expect(await ask(noCredential ?? "")).toBe(expected);
    const { channel, answer } = open(await dial());
    for (const piece of bytes(noCredential ?? "")) channel.send(0, Uint8Array.of(piece));
    channel.end();
    expect(await answer).toBe(expected);
  });

  test("are the same for denials of any cause", async () => {
    const answers: AdmissionGate["admit"][] = [
      () => ({ admitted: false, reason: "unknown" }),
      () => Promise.reject(new Error("secret")),
      () => {
        throw new Error("secret");
      },
      () => undefined as never,
    ];
    let turn = 0;
    serve({
      gate: {
        open: false,
        admit: (...about) => (answers[turn++ % 4] ?? answers[0])?.(...about) as never,
      },
    });
    const over = `${withCredential}${" ".repeat(65_537)}`;
    const deep = `{"credential_json":"","x":${"[".repeat(60)}${"]".repeat(60)}}`;
    const good = [noCredential, withCredential, noCredential, withCredential];
    const bad = ["{", "[]", "{}", over, deep, '{"__proto__":{"credential_json":""}}', "\u0000"];
    const requests = [...good, ...bad].map((request) => ask(request ?? ""));
    expect(await Promise.all([...requests, ask(Uint8Array.of(0xff))])).toEqual(
      Array.from({ length: 12 }, () => denial),
    );
    expect(outcomes.every(({ admitted }) => !admitted)).toBe(true);
  });

  test("are the same for 200 parallel denials", async () => {
    serve();
    const all = await Promise.all(Array.from({ length: 200 }, () => ask(withCredential ?? "")));
    expect(new Set(all)).toEqual(new Set([denial]));
  });

  test("are a denial for a truncated request and empty for an empty one", async () => {
    serve();
    const request = bytes(noCredential ?? "");
    const cuts = Array.from({ length: request.length - 1 }, (_, at) => request.subarray(0, at + 1));
    expect(new Set(await Promise.all(cuts.map(ask)))).toEqual(new Set([denial]));
    const { channel, answer } = open(await dial());
    channel.end();
    expect(await answer).toBe("");
  });
});

describe("a server", () => {
  test("answers only the first channel of a connection", async () => {
    serve();
    const connection = await dial();
    const first = open(connection);
    const second = open(connection);
    for (const { channel } of [first, second]) channel.send(0, bytes(noCredential ?? ""), true);
    expect(await first.answer).toContain('"admitted":true');
    expect(await second.answer).toMatchObject({ code: "reset" });
    expect(outcomes).toHaveLength(1);
  });

  test("resets a request that does not end and closes the connection", async () => {
    serve({ timeoutMs: 30 });
    const connection = await dial();
    const { channel, answer } = open(connection);
    channel.send(0, bytes("{"));
    expect(await answer).toBeInstanceOf(Error);
    await connection.closed;
    expect(outcomes).toMatchObject([{ admitted: false, reason: "no complete request in time" }]);
  });

  test("denies a request over the limit before its end and stops reading it", async () => {
    serve();
    const { channel, answer } = open(await dial());
    channel.send(0, new Uint8Array(65_537));
    expect(await answer).toBe(denial);
    await expect.poll(() => stoppedWith).toBe(1);
  });

  test("closes a connection without a request", async () => {
    serve({ timeoutMs: 30 });
    await (await dial()).closed;
    expect(outcomes).toHaveLength(1);
  });

  test("closes the connection of a peer that stays after its answer", async () => {
    serve({ timeoutMs: 30 });
    const connection = await dial();
    await requestAdmission(connection);
    expect(await connection.closed).toMatchObject({ code: "closed", applicationCode: 0 });
  });

  test("denies if the gate does not answer in time, and ignores a late answer", async () => {
    const peers = new PeerStore();
    let late: (() => void) | undefined;
    const gate: AdmissionGate = {
      open: false,
      admit: () =>
        new Promise((resolve) => {
          late = () => resolve({ admitted: true, attributes: {} });
        }),
    };
    serve({ gate, peers, timeoutMs: 30 });
    expect(await ask(noCredential ?? "")).toBe(denial);
    late?.();
    await sleep(5);
    expect(peers.size).toBe(0);
    expect(outcomes).toHaveLength(1);
  });

  test("does not store a peer that leaves before the gate answers", async () => {
    const peers = new PeerStore();
    let decide: (() => void) | undefined;
    const gate: AdmissionGate = {
      open: false,
      admit: () =>
        new Promise((resolve) => {
          decide = () => resolve({ admitted: true, attributes: {} });
        }),
    };
    serve({ gate, peers });
    const connection = await dial();
    open(connection).channel.send(0, bytes(noCredential ?? ""), true);
    await expect.poll(() => decide).toBeDefined();
    connection.close();
    await expect.poll(() => outcomes).toMatchObject([{ admitted: false }]);
    decide?.();
    await sleep(5);
    expect(peers.size).toBe(0);
    expect(outcomes).toHaveLength(1);
  });

  test("resets the channel without a text if the offer fails or is too large", async () => {
    const peers = new PeerStore();
    const [service] = offer.services;
    if (service === undefined) throw new Error("the offer has a service");
    const tooMany = { ...offer, services: Array.from({ length: 1_000 }, () => service) };
    let failing = false;
    serve({
      peers,
      offer: () => {
        if (failing) throw new Error("secret");
        return tooMany;
      },
    });
    expect(await ask(noCredential ?? "")).toMatchObject({ code: "reset", applicationCode: 13 });
    failing = true;
    expect(await ask(noCredential ?? "")).toMatchObject({ code: "reset", applicationCode: 13 });
    expect(peers.size).toBe(0);
    expect(outcomes.map(({ error }) => (error as Error).message)).toEqual([
      expect.stringContaining("65536"),
      "secret",
    ]);
  });

  test("ignores an error of onDecision", async () => {
    serve({
      onDecision: () => {
        throw new Error("disk full");
      },
    });
    expect(await ask(noCredential ?? "")).toContain('"admitted":true');
    expect(await ask(withCredential ?? "")).toBe(denial);
  });

  test("leaves no connections or channels open", async () => {
    serve();
    for (let at = 0; at < 20; at++) {
      const connection = await dial();
      await requestAdmission(connection);
      connection.close();
    }
    await sleep(5);
    expect(server.stats()).toMatchObject({ connections: 0, channels: 0, queuedBytes: 0 });
  });
});

describe("a client of a server that", () => {
  /** Reads the request, then sends `answer` and ends. */
  function answerWith(answer: Uint8Array | undefined, end = true): void {
    serveWith((connection) =>
      connection.accept((channel) =>
        channel.read({
          frame: () => {},
          end: () => {
            if (answer !== undefined) channel.send(0, answer, end);
            else if (end) channel.end();
          },
          malformed: () => {},
          stopped: () => {},
          closed: () => {},
        }),
      ),
    );
  }

  test.each([
    ["answers nothing", undefined],
    ["answers half", bytes(vectors.responses[0]?.text.slice(0, 100) ?? "")],
    ["answers with other text than JSON", bytes("hello")],
    ["answers without an end", new Uint8Array(65_537).fill(0x20)],
    ["answers something else", bytes('{"ok":true}')],
  ])("%s rejects with protocol", async (_what, answer) => {
    answerWith(answer);
    await expect(requestAdmission(await dial())).rejects.toMatchObject({ code: "protocol" });
  });

  test("does not answer rejects with timeout and resets the channel", async () => {
    answerWith(undefined, false);
    const connection = await dial();
    await expect(requestAdmission(connection, { timeoutMs: 20 })).rejects.toMatchObject({
      code: "timeout",
    });
    expect(connection.stats().channels).toBe(0);
  });

  test("closes the connection rejects with closed and the cause", async () => {
    serveWith((connection) => connection.accept(() => connection.close(7, "bye")));
    await expect(requestAdmission(await dial())).rejects.toMatchObject({
      code: "closed",
      cause: { applicationCode: 7 },
    });
  });

  test("refuses the channel rejects with closed", async () => {
    serveWith((connection) => connection.accept(() => {}));
    await expect(requestAdmission(await dial())).rejects.toMatchObject({ code: "closed" });
  });
});

describe("a caller", () => {
  test("aborts before and during an admission", async () => {
    serve({ gate: { open: false, admit: () => new Promise(() => {}) } });
    const connection = await dial();
    const before = AbortSignal.abort(new Error("no more"));
    await expect(requestAdmission(connection, { signal: before })).rejects.toMatchObject({
      code: "aborted",
      cause: { message: "no more" },
    });
    const abort = new AbortController();
    const asked = requestAdmission(connection, { signal: abort.signal });
    setTimeout(() => abort.abort(), 5);
    await expect(asked).rejects.toMatchObject({ code: "aborted" });
    expect(connection.stats().channels).toBe(0);
  });

  test("of a closed connection gets closed", async () => {
    serve();
    const connection = await dial();
    connection.close();
    await expect(requestAdmission(connection)).rejects.toMatchObject({ code: "closed" });
  });

  test("with a credential over the limit gets limit", async () => {
    serve();
    const credentialJson = "x".repeat(65_536);
    await expect(requestAdmission(await dial(), { credentialJson })).rejects.toMatchObject({
      code: "limit",
    });
  });
});
