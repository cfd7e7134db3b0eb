import { setTimeout as sleep } from "node:timers/promises";
import {
  type Connection,
  createNode,
  endpointIdOf,
  formatTicket,
  type Node,
  ticketFor,
} from "@aster/transport";
import {
  AdmissionError,
  credentialGate,
  formatCredential,
  formatProducerCredential,
  producerGate,
  rootKeypairOf,
  signCredential,
  signProducerCredential,
} from "@aster/trust";
import {
  CONSUMER_ADMISSION_ALPN,
  PRODUCER_ADMISSION_ALPN,
  ProducerMesh,
  requestAdmission,
  requestProducerAdmission,
  serveAdmission,
  serveProducerAdmission,
} from "@aster/trust/admission";
import { PythonCommands, pythonWithAster } from "@aster-apps/conformance/python";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const environment = await pythonWithAster();
const script = new URL("../../python/admissions.py", import.meta.url);

const rootSeed = new Uint8Array(32).fill(7);
const root = rootKeypairOf(rootSeed);
const rogue = rootKeypairOf(new Uint8Array(32).fill(8));
const rootPubkey = root.publicKey;
const pythonKey = new Uint8Array(32).fill(9);
const pythonPeer = endpointIdOf(pythonKey);
const ALPNS = [CONSUMER_ADMISSION_ALPN, PRODUCER_ADMISSION_ALPN];
const local = { network: "none", bindAddress: "127.0.0.1:0" } as const;

/** Sends a request and returns the text of the answer. */
function answerTo(connection: Connection, credential: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const channel = connection.open({
      frame: (_flags, piece) => {
        text += Buffer.from(piece).toString();
      },
      end: () => resolve(text),
      malformed: reject,
      stopped: () => {},
      closed: (cause) => reject(new AdmissionError("closed", "the answer was lost", { cause })),
    });
    const request = JSON.stringify({ credential_json: credential, iid_token: "" });
    channel.send(0, Buffer.from(request), true);
  });
}

describe.skipIf("missing" in environment)("closed gates", () => {
  let python: PythonCommands;
  let pythonServer: string;
  let client: Node;

  beforeAll(async () => {
    if ("missing" in environment) return;
    python = await PythonCommands.start(environment.path, script);
    pythonServer = (await python.do({ op: "serve", root: rootPubkey })) as string;
    client = await createNode(local);
  });

  afterAll(async () => {
    await client?.close();
    await python?.[Symbol.asyncDispose]();
  });

  /** Repeats an admission whose answer the Python server has lost. */
  async function fromPython<T>(
    alpn: string,
    ask: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    for (let left = 5; ; left--) {
      const connection = await client.connect(pythonServer, alpn, { raw: true });
      try {
        return await ask(connection);
      } catch (error) {
        const isLost = error instanceof AdmissionError && error.code === "closed";
        if (!isLost || left === 0) throw error;
      } finally {
        connection.close();
      }
      await sleep(50);
    }
  }

  describe("of the Python package", () => {
    it("admit a TypeScript consumer that asks for a renewal, and do not renew", async () => {
      const credential = await signCredential(root.secretKey, { roles: ["ops"] });
      const credentialJson = formatCredential(credential);
      const response = await fromPython(CONSUMER_ADMISSION_ALPN, (connection) =>
        requestAdmission(connection, { credentialJson, renew: true }),
      );
      expect(response).toMatchObject({ admitted: true, attributes: { "aster.role": "ops" } });
      expect(response).not.toHaveProperty("credentialJson");
    });

    it("deny a TypeScript consumer with the credential of another root key", async () => {
      const credentialJson = formatCredential(await signCredential(rogue.secretKey));
      const answer = fromPython(CONSUMER_ADMISSION_ALPN, (connection) =>
        requestAdmission(connection, { credentialJson }),
      );
      await expect(answer).rejects.toMatchObject({ code: "denied" });
    });

    it("accept a TypeScript producer", async () => {
      const credential = await signProducerCredential(root.secretKey, { endpointId: client.id });
      const credentialJson = formatProducerCredential(credential);
      const response = await fromPython(PRODUCER_ADMISSION_ALPN, (connection) =>
        requestProducerAdmission(connection, { credentialJson }),
      );
      expect(response).toMatchObject({ accepted: true, acceptedProducers: [client.id] });
      expect(response.salt).toMatch(/^[0-9a-f]{64}$/);
    });

    it("deny a TypeScript producer with the credential of another root key", async () => {
      const credential = await signProducerCredential(rogue.secretKey, { endpointId: client.id });
      const credentialJson = formatProducerCredential(credential);
      const answer = fromPython(PRODUCER_ADMISSION_ALPN, (connection) =>
        requestProducerAdmission(connection, { credentialJson }),
      );
      await expect(answer).rejects.toMatchObject({ code: "denied" });
    });
  });

  describe("of TypeScript", () => {
    let server: Node;
    let mesh: ProducerMesh;

    beforeAll(async () => {
      server = await createNode(local);
      mesh = new ProducerMesh({ rootPubkey, producers: [server.id] });
      void serve();
    });

    afterAll(() => server?.close());

    async function serve(): Promise<void> {
      const gates = {
        consumer: credentialGate({ rootPubkey }),
        producer: producerGate({ rootPubkey }),
      };
      const offer = () => ({
        services: [
          {
            name: "Echo",
            version: 1,
            contractId: "11".repeat(32),
            channels: {},
            scoped: "shared" as const,
            serializationModes: ["xlang"],
            requires: { kind: "role" as const, roles: ["ops"] },
            methods: {
              say: { id: "22".repeat(32), requires: { kind: "any_of" as const, roles: ["a"] } },
            },
          },
        ],
        registryNamespace: "",
        rootPubkey,
        gossipTopic: mesh.topic,
      });
      const renew = () => signCredential(root.secretKey, { roles: ["ops", "new"] });
      for await (const connection of server.accept(ALPNS, { raw: ALPNS })) {
        if (connection.alpn === PRODUCER_ADMISSION_ALPN) {
          serveProducerAdmission(connection, { gate: gates.producer, mesh });
        } else serveAdmission(connection, { gate: gates.consumer, offer, renew });
      }
    }

    const ask = (alpn: string, credential: string, key = pythonKey, more = {}): Promise<string> =>
      python.do({
        op: "exchange",
        address: formatTicket(ticketFor(server.address())),
        alpn,
        request: JSON.stringify({ credential_json: credential, iid_token: "", ...more }),
        secretKey: Buffer.from(key).toString("hex"),
      }) as Promise<string>;

    it("admit a Python consumer, which ignores the keys that are added", async () => {
      const credential = formatCredential(
        await signCredential(root.secretKey, { roles: ["ops"], endpointId: pythonPeer }),
      );
      const text = await ask(CONSUMER_ADMISSION_ALPN, credential, pythonKey, { renew: true });
      expect(JSON.parse(text)).toMatchObject({
        credential_json: expect.stringContaining("ops,new"),
        services: [{ requires: { kind: "role", roles: ["ops"] }, methods: [{ name: "say" }] }],
      });
      expect(await python.do({ op: "read", text })).toEqual({
        admitted: true,
        attributes: { "aster.role": "ops,new" },
        services: ["Echo"],
        gossipTopic: "",
      });
    });

    it("deny in the bytes of the Python package", async () => {
      const requests = {
        [CONSUMER_ADMISSION_ALPN]: formatCredential(await signCredential(rogue.secretKey)),
        [PRODUCER_ADMISSION_ALPN]: formatProducerCredential(
          await signProducerCredential(rogue.secretKey, { endpointId: pythonPeer }),
        ),
      };
      for (const [alpn, credential] of Object.entries(requests)) {
        const theirs = await fromPython(alpn, (connection) => answerTo(connection, credential));
        expect(await ask(alpn, credential)).toBe(theirs);
      }
    });

    it("send the gossip topic to the holder of the root key", async () => {
      const credential = formatCredential(await signCredential(root.secretKey));
      const text = await ask(CONSUMER_ADMISSION_ALPN, credential, rootSeed);
      expect(await python.do({ op: "read", text })).toMatchObject({ gossipTopic: mesh.topic });
    });

    it("accept a Python producer with its own credential only", async () => {
      const sign = async (endpointId: string) =>
        formatProducerCredential(await signProducerCredential(root.secretKey, { endpointId }));
      const denied = await ask(PRODUCER_ADMISSION_ALPN, await sign(client.id));
      expect(denied).toBe('{"accepted":false,"salt":"","accepted_producers":[],"reason":""}');
      const accepted = await ask(PRODUCER_ADMISSION_ALPN, await sign(pythonPeer));
      expect(JSON.parse(accepted)).toEqual({
        accepted: true,
        salt: mesh.salt,
        accepted_producers: [server.id, pythonPeer].sort(),
        reason: "",
      });
    });
  });
});
