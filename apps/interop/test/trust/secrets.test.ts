// Secrets in the output of servers and clients at the most detailed log level.
import { writeFileSync } from "node:fs";
import { inspect } from "node:util";
import { endpointIdOf, generateSecretKey } from "@aster/transport";
import { parseCredential, signProducerCredential } from "@aster/trust";
import {
  newIdentity,
  readIdentity,
  readNodeKey,
  withIdentityPeer,
  writeIdentity,
  writeNodeKey,
} from "@aster/trust/files";
import { Testkit } from "@aster-apps/testkit";
import { expect, test } from "vitest";
import { connected } from "../faults/support/control-client.ts";
import { testkitCallWith } from "../faults/support/testkit-server.ts";
import { TestMesh, unlimited } from "./support/mesh.ts";

const canary = { metadata: "canary-of-metadata", payload: "canary-of-a-payload" };
const detailed = {
  ASTER_LOG_LEVEL: "debug",
  ASTER_LOG_FORMAT: "json",
  ASTER_LOG_MASK: "false",
};

/** The forms in which a key could be printed. */
function formsOf(key: Uint8Array): string[] {
  const bytes = Buffer.from(key);
  return [bytes.toString("hex"), bytes.toString("base64"), [...bytes].join(", ")];
}

test("logs, errors and events contain no secret", async () => {
  await using mesh = await TestMesh.create();
  const [serverKey, clientKey] = [generateSecretKey(), generateSecretKey()];
  const identity = withIdentityPeer(newIdentity(serverKey), {
    name: "store",
    role: "producer",
    credential: await signProducerCredential(mesh.root.secretKey, {
      endpointId: endpointIdOf(serverKey),
    }),
  });
  await writeIdentity(mesh.file("server.identity"), identity);
  await writeNodeKey(mesh.file("client.key"), clientKey);
  const credentials = {
    plain: await mesh.credential({ roles: ["status"] }),
    token: await mesh.credential({ oneTime: true, roles: ["status"] }),
    expired: await mesh.credential({ expiresAt: 1 }),
  };
  for (const [name, text] of Object.entries(credentials)) writeFileSync(mesh.file(name), text);

  const server = await mesh.serveWith(
    detailed,
    ...["--identity", mesh.file("server.identity"), ...unlimited],
  );
  const outputs: string[] = [];
  const call = async (method: string, ...args: readonly string[]) => {
    const secrets = ["--metadata", `k=${canary.metadata}`, "--key-file", mesh.file("client.key")];
    const common = ["--address", server.address, ...secrets, ...args];
    await using child = testkitCallWith(detailed, method, ...common);
    await child.exited;
    // the replies of an echo contain its payload
    const lines = method === "echo" ? [] : child.lines;
    outputs.push(child.errors, JSON.stringify(lines));
  };
  const text = ["--request", JSON.stringify({ text: canary.payload })];
  await call("echo", ...text, "--credential", mesh.file("plain"));
  await call("echo", ...text, "--credential", mesh.file("token"));
  for (const bad of ["token", "expired"]) await call("sleep", "--credential", mesh.file(bad));
  await call("admin", "--credential", mesh.file("plain"));
  const fail = ["--request", JSON.stringify({ code: 13, message: "failed", after: 1 })];
  await call("fail", ...fail, "--credential", mesh.file("plain"));
  outputs.push(server.child.errors, JSON.stringify(server.child.lines));

  const output = outputs.join("\n");
  for (const msg of ["server started", "call ended", "admission denied"]) {
    expect(output).toContain(`"msg":"${msg}"`);
  }
  const { nonce = "" } = parseCredential(credentials.token);
  const secrets = [
    ...[mesh.root.secretKey.expose(), serverKey, clientKey].flatMap(formsOf),
    ...Object.values(credentials).map((json) => parseCredential(json).signature),
    identity.peers[0]?.credential.signature ?? "",
    ...Object.values(canary),
  ];
  for (const secret of [nonce, ...secrets]) {
    expect(secret).not.toBe("");
    expect(output).not.toContain(secret);
  }
}, 120_000);

test("printed clients, identities and keys contain no secret", async () => {
  await using mesh = await TestMesh.create();
  const server = await mesh.serve();
  const secretKey = generateSecretKey();
  const credential = await mesh.credential({ endpointId: endpointIdOf(secretKey) });
  await using client = await connected(server.address, { secretKey, credential });
  await client.client(Testkit).echo({});
  await writeIdentity(mesh.file("own.identity"), newIdentity(secretKey));
  await writeNodeKey(mesh.file("own.key"), secretKey);
  const values = [
    client,
    await readIdentity(mesh.file("own.identity")),
    await readNodeKey(mesh.file("own.key")),
    mesh.root,
  ];
  const printed = values.flatMap((value) => [
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value, shallow()) ?? "",
    cloned(value),
    String(value),
  ]);
  const { signature } = parseCredential(credential);
  const secrets = [secretKey, mesh.root.secretKey.expose()].flatMap(formsOf);
  for (const text of printed) {
    for (const secret of [signature, ...secrets]) expect(text).not.toContain(secret);
  }
}, 60_000);

/** Leaves out what refers to itself. */
function shallow(): (key: string, value: unknown) => unknown {
  const seen = new Set<unknown>();
  return (_, value) => {
    if (typeof value !== "object" || value === null) {
      return typeof value === "bigint" ? String(value) : value;
    }
    if (seen.has(value)) return undefined;
    seen.add(value);
    return value;
  };
}

function cloned(value: object): string {
  try {
    return inspect(structuredClone(value), { depth: 20 });
  } catch {
    return "";
  }
}
