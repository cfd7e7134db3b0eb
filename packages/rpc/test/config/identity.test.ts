// Keys, root keys and credentials of identity files and credential files.
import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AsterClient,
  AsterConfig,
  AsterServer,
  openGate,
  type RpcError,
  StatusCode,
} from "@aster/rpc";
import { endpointIdOf } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import {
  type AdmissionGate,
  formatCredential,
  formatProducerCredential,
  generateRootKeypair,
  parseCredential,
  type RootKeypair,
  Secret,
  signCredential,
  signProducerCredential,
  verifyCredential,
} from "@aster/trust";
import { writeIdentity } from "@aster/trust/files";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";

const secretKey = new Uint8Array(32).fill(0x31);
const endpointId = endpointIdOf(secretKey);
const services = [probe()];
const folder = process.cwd();
const before = { ...process.env };
let root: RootKeypair;

beforeEach(async () => {
  process.chdir(mkdtempSync(join(tmpdir(), "aster-identity-")));
  root = await generateRootKeypair();
});

afterEach(() => {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
});

/** Writes an identity with the entries of a producer, and of consumers with these names. */
async function identity(path: string, ...names: string[]): Promise<void> {
  const options = { roles: ["user"], endpointId };
  const peers = [
    {
      name: "me",
      role: "producer" as const,
      signed: true,
      credential: await signProducerCredential(root.secretKey, options),
    },
  ];
  const consumers = await Promise.all(
    names.map(async (name) => ({
      name,
      role: "consumer" as const,
      signed: true,
      credential: await signCredential(root.secretKey, { ...options, name }),
    })),
  );
  await writeIdentity(path, {
    endpointId,
    secretKey: Secret.of(secretKey),
    peers: [...peers, ...consumers],
  });
}

/** A gate that verifies credentials of the root key. */
function closedGate(): AdmissionGate {
  return {
    open: false,
    admit: ({ credentialJson }, peer) => {
      try {
        const credential = parseCredential(credentialJson);
        verifyCredential(credential, { rootPubkey: root.publicKey, endpointId: peer });
        return { admitted: true, attributes: credential.attributes };
      } catch (error) {
        return { admitted: false, reason: String(error) };
      }
    },
  };
}

async function server(): Promise<AsterServer> {
  const node = await loopbackNode();
  const config = AsterConfig.of({});
  return AsterServer.start({ services, node, config, identity: false, gate: closedGate() });
}

async function problem(promise: Promise<unknown>): Promise<string> {
  const error = (await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )) as RpcError;
  expect(error).toMatchObject({ code: StatusCode.INVALID_ARGUMENT });
  expect(error.details.reason).toBe("option.invalid");
  return error.rawMessage;
}

const bindAddress = "127.0.0.1:0";

describe("a client", () => {
  test("presents the first consumer of .aster-identity, with its key", async () => {
    await using there = await server();
    await identity(".aster-identity", "first", "second");
    await using client = await AsterClient.connect(there.address, { bindAddress });
    expect(client.node.id).toBe(endpointId);
    expect(client.attributes).toEqual({ "aster.role": "user", "aster.name": "first" });
    expect(await client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
  });

  test("presents the entry that peer names, of the file that identity or a variable names", async () => {
    await using there = await server();
    await identity("prod.identity", "first", "second");
    const options = { bindAddress, peer: "second" };
    {
      await using client = await AsterClient.connect(there.address, {
        ...options,
        identity: "prod.identity",
      });
      expect(client.attributes["aster.name"]).toBe("second");
    }
    process.env.ASTER_IDENTITY_FILE = "prod.identity";
    await using client = await AsterClient.connect(there.address, options);
    expect(client.attributes["aster.name"]).toBe("second");
    const none = { ...options, peer: undefined, identity: false } as const;
    await expect(AsterClient.connect(there.address, none)).rejects.toMatchObject({
      code: StatusCode.UNAUTHENTICATED,
    });
  });

  test.each(["JSON", "TOML"])("presents a credential file in %s", async (form) => {
    await using there = await server();
    process.env.ASTER_ENROLLMENT_CREDENTIAL = "client.cred";
    if (form === "TOML") await identity("client.cred", "first");
    else {
      const options = { endpointId, name: "first" };
      const credential = await signCredential(root.secretKey, options);
      writeFileSync("client.cred", formatCredential(credential));
      process.env.ASTER_SECRET_KEY = Buffer.from(secretKey).toString("base64");
    }
    await using client = await AsterClient.connect(there.address, { bindAddress });
    expect(client.attributes["aster.name"]).toBe("first");
  });

  test("prefers a credential file to an identity file that is there, not to one that is asked for", async () => {
    await using there = await server();
    await identity(".aster-identity", "first");
    await identity("other.cred", "other");
    process.env.ASTER_ENROLLMENT_CREDENTIAL = "other.cred";
    const nameOf = async (options: { readonly peer?: string }) => {
      await using client = await AsterClient.connect(there.address, { bindAddress, ...options });
      return client.attributes["aster.name"];
    };
    expect(await nameOf({})).toBe("other");
    expect(await nameOf({ peer: "first" })).toBe("first");
  });

  test("refuses a credential that is bound to another endpoint, before it dials", async () => {
    const credential = await signCredential(root.secretKey, { endpointId: "ab".repeat(32) });
    writeFileSync("client.cred", formatCredential(credential));
    process.env.ASTER_ENROLLMENT_CREDENTIAL = "client.cred";
    const address = "cd".repeat(32);
    expect(await problem(AsterClient.connect(address))).toContain(
      "and this node has a new key at every start",
    );
    expect(await problem(AsterClient.connect(address, { secretKey }))).toContain(
      `and this node is ${endpointId}`,
    );
  });

  test("refuses a credential of another root key than that of the configuration", async () => {
    await identity(".aster-identity", "first");
    const { publicKey } = await generateRootKeypair();
    process.env.ASTER_ROOT_PUBKEY = publicKey;
    expect(await problem(AsterClient.connect("cd".repeat(32)))).toContain(
      "the credential is not of the root key of ASTER_ROOT_PUBKEY",
    );
  });

  test("reads the type of a credential at any place, and refuses that of a producer", async () => {
    const signed = await signCredential(root.secretKey, { endpointId: "ab".repeat(32) });
    const { credential_type: type, ...fields } = JSON.parse(formatCredential(signed));
    writeFileSync("client.cred", JSON.stringify({ ...fields, type }));
    process.env.ASTER_ENROLLMENT_CREDENTIAL = "client.cred";
    const connecting = () => problem(AsterClient.connect("cd".repeat(32)));
    expect(await connecting()).toContain("and this node has a new key at every start");
    const producer = await signProducerCredential(root.secretKey, { endpointId: "ab".repeat(32) });
    writeFileSync("client.cred", formatProducerCredential(producer));
    expect(await connecting()).toContain("client.cred has no credential of a consumer");
  });

  test.each([
    ["missing.cred", "", "cannot read missing.cred (ENOENT)"],
    ["bad.cred", '{"credential_type":1}', "bad.cred does not contain a credential"],
    ["long.cred", `{"x":"${"a".repeat(70_000)}"}`, "long.cred has more than 65536 bytes"],
  ])("names a credential file that cannot be used: %s", async (path, text, expected) => {
    if (text !== "") writeFileSync(path, text);
    process.env.ASTER_ENROLLMENT_CREDENTIAL = path;
    const message = await problem(AsterClient.connect("cd".repeat(32)));
    expect(message).toContain(`ASTER_ENROLLMENT_CREDENTIAL: ${expected}`);
  });
});

describe("an identity file", () => {
  test.each([
    [{ identity: "missing" }, "option identity: "],
    [{ peer: "bob" }, "there is no identity file .aster-identity"],
    [{ identity: "" }, "option identity must be a path or false"],
    [{ peer: 7 as never }, "option peer must be the name"],
  ])("is refused for %j", async (options, text) => {
    expect(await problem(AsterClient.connect("cd".repeat(32), options))).toContain(text);
    expect(await problem(AsterServer.start({ services, ...options }))).toContain(text);
  });

  test("must have the entry", async () => {
    await identity(".aster-identity", "first");
    const message = await problem(AsterClient.connect("cd".repeat(32), { peer: "bob" }));
    expect(message).toContain('no peer "bob"; it has "me", "first"');
  });

  test("must be private to its owner", async () => {
    await identity(".aster-identity", "first");
    chmodSync(".aster-identity", 0o644);
    expect(await problem(AsterServer.start({ services }))).toContain(".aster-identity: ");
  });
});

describe("a server", () => {
  test("has the key of the identity file, unless the configuration or an option sets one", async () => {
    await identity(".aster-identity");
    const idWith = async (options: { readonly secretKey?: Uint8Array }) => {
      const started = { services, bindAddress, gate: closedGate(), ...options };
      await using there = await AsterServer.start(started);
      return there.endpointId;
    };
    expect(await idWith({})).toBe(endpointId);
    const [configured, given] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    process.env.ASTER_SECRET_KEY = Buffer.from(configured).toString("base64");
    expect(await idWith({})).toBe(endpointIdOf(configured));
    expect(await idWith({ secretKey: given })).toBe(endpointIdOf(given));
  });

  test("refuses two different root keys", async () => {
    await identity(".aster-identity");
    const { publicKey } = await generateRootKeypair();
    writeFileSync("root.pub", JSON.stringify({ public_key: publicKey }));
    process.env.ASTER_ROOT_PUBKEY_FILE = "root.pub";
    const message = await problem(AsterServer.start({ services, gate: closedGate() }));
    expect(message).toContain("ASTER_ROOT_PUBKEY_FILE (root.pub) and the entry");
    expect(message).toContain("give different root keys");
  });

  test.each([
    ["missing.pub", undefined],
    ["empty.pub", ""],
    ["bad.pub", '{"private_key":"ab"}'],
  ])("refuses the root key file %s", async (path, text) => {
    if (text !== undefined) writeFileSync(path, text);
    process.env.ASTER_ROOT_PUBKEY_FILE = path;
    expect(await problem(AsterServer.start({ services }))).toContain("ASTER_ROOT_PUBKEY_FILE: ");
  });

  test("takes the root key of the variable before that of a file, from a higher source", async () => {
    const { publicKey } = await generateRootKeypair();
    writeFileSync("aster.toml", `[trust]\nroot_pubkey_file = "missing.pub"`);
    process.env.ASTER_ROOT_PUBKEY = publicKey;
    await using there = await AsterServer.start({ services, bindAddress, gate: closedGate() });
    expect(there.endpointId).toHaveLength(64);
  });

  test("has a closed gate by the root key of the identity file alone", async () => {
    await identity("server.identity");
    await identity("client.identity", "first");
    process.env.ASTER_ALLOW_ALL_CONSUMERS = "true";
    await using node = await loopbackNode();
    await using there = await AsterServer.start({ services, node, identity: "server.identity" });
    const stranger = AsterClient.connect(there.address, { bindAddress, identity: false });
    await expect(stranger).rejects.toMatchObject({ code: StatusCode.UNAUTHENTICATED });
    const options = { bindAddress, identity: "client.identity" };
    await using client = await AsterClient.connect(there.address, options);
    expect(await client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
    expect(there.stats().admission).toMatchObject({ admitted: 1, denied: 1 });
  });

  test("refuses an open gate and another root key beside that of the identity file", async () => {
    await identity(".aster-identity");
    const { publicKey } = await generateRootKeypair();
    expect(await problem(AsterServer.start({ services, gate: openGate() }))).toContain(
      "sets a root key: the gate cannot be open",
    );
    expect(await problem(AsterServer.start({ services, rootPubkey: publicKey }))).toContain(
      "option rootPubkey and the entry",
    );
  });

  test("remembers used one-time tokens in the folder of the configuration", async () => {
    const credential = await signCredential(root.secretKey, { oneTime: true });
    const config = AsterConfig.of({ rootPubkey: root.publicKey, storagePath: "state" });
    const outcomes: (string | undefined)[] = [];
    for (let start = 0; start < 2; start++) {
      await using node = await loopbackNode();
      await using there = await AsterServer.start({
        services,
        node,
        config,
        onAdmission: ({ admitted, cause }) => void outcomes.push(admitted ? "admitted" : cause),
      });
      const connected = AsterClient.connect(there.address, { bindAddress, credential });
      await connected.then(
        (client) => client.close(),
        () => {},
      );
    }
    expect(outcomes).toEqual(["admitted", "token-used"]);
    expect(readdirSync("state/tokens").length).toBeGreaterThan(0);
  });

  test("needs a root key to verify producers", async () => {
    const config = AsterConfig.of({ allowAllProducers: false });
    expect(await problem(AsterServer.start({ services, config }))).toContain(
      "allowAllProducers is false, and no root key is set",
    );
  });
});
