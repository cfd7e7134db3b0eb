// Calls behind closed gates, between both implementations, with credentials of either.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AsterClient, AsterServer, implement, StatusCode } from "@aster/rpc";
import { endpointIdOf } from "@aster/transport";
import { formatCredential, rootKeypairOf, signCredential } from "@aster/trust";
import { newIdentity, withIdentityPeer, writeIdentity } from "@aster/trust/files";
import { PythonCommands, pythonWithAster } from "@aster-apps/conformance/python";
import { Testkit, testkitHandlers } from "@aster-apps/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PythonClient } from "./support/python-client.ts";

const environment = await pythonWithAster();
const scriptOf = (name: string) => new URL(`../../python/${name}.py`, import.meta.url);

const rootSeed = new Uint8Array(32).fill(7);
const root = rootKeypairOf(rootSeed);
const local = { network: "none", identity: false } as const;

/** The ways to sign a credential. */
type Signer = "TypeScript" | "Python";

describe.skipIf("missing" in environment)("calls behind a closed gate", () => {
  let folder: string;
  let signing: PythonCommands;

  beforeAll(async () => {
    if ("missing" in environment) return;
    folder = mkdtempSync(join(tmpdir(), "aster-closed-"));
    signing = await PythonCommands.start(environment.path, scriptOf("credentials"));
  });

  afterAll(async () => {
    await signing?.[Symbol.asyncDispose]();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  async function sign(by: Signer, roles: string, oneTime = false): Promise<string> {
    const attributes = { "aster.role": roles };
    if (by === "TypeScript") {
      return formatCredential(await signCredential(root.secretKey, { attributes, oneTime }));
    }
    const nonce = oneTime ? Buffer.from(crypto.getRandomValues(new Uint8Array(32))) : undefined;
    return (await signing.do({
      op: "sign",
      seed: Buffer.from(rootSeed).toString("hex"),
      expiresAt: Math.floor(Date.now() / 1_000) + 600,
      attributes,
      endpointId: null,
      nonce: nonce?.toString("hex") ?? null,
    })) as string;
  }

  describe("of a Python server", () => {
    let serving: PythonCommands;
    let address: string;

    beforeAll(async () => {
      if ("missing" in environment) return;
      serving = await PythonCommands.start(environment.path, scriptOf("admissions"));
      address = (await serving.do({ op: "serve", root: root.publicKey })) as string;
    });

    afterAll(() => serving?.[Symbol.asyncDispose]());

    it.each(["TypeScript", "Python"] as const)(
      "succeed for a TypeScript client with the roles of a %s credential",
      async (by) => {
        const credential = await sign(by, "status");
        await using client = await AsterClient.connect(address, { ...local, credential });
        const testkit = client.client(Testkit);
        expect(await testkit.sleep({ ms: 1 })).toEqual({ ms: 1 });
        await expect(testkit.admin({ ms: 1 })).rejects.toMatchObject({
          code: StatusCode.PERMISSION_DENIED,
        });
        const better = { ...local, credential: await sign(by, "status,admin") };
        await using admin = await AsterClient.connect(address, better);
        expect(await admin.client(Testkit).admin({ ms: 2 })).toEqual({ ms: 2 });
      },
    );

    it("are refused without a credential", async () => {
      await expect(AsterClient.connect(address, local)).rejects.toMatchObject({
        code: StatusCode.UNAUTHENTICATED,
      });
    });

    it("are made by 20 clients at once, although the server may lose admission answers", async () => {
      const credential = await sign("TypeScript", "status");
      const clients = await Promise.all(
        Array.from({ length: 20 }, () => AsterClient.connect(address, { ...local, credential })),
      );
      for (const client of clients) await client.close();
    });
  });

  describe("of a TypeScript server", () => {
    let server: AsterServer;
    let python: PythonClient;
    const causes: unknown[] = [];

    beforeAll(async () => {
      if ("missing" in environment) return;
      server = await AsterServer.start({
        services: [
          implement(
            Testkit,
            testkitHandlers(() => {}),
          ),
        ],
        rootPubkey: root.publicKey,
        ...local,
        onDenied: ({ gate, cause }) => void causes.push(`${gate} ${cause}`),
      });
      python = await PythonClient.start(environment.path);
    });

    afterAll(async () => {
      await python?.[Symbol.asyncDispose]();
      await server?.close();
    });

    const call = (name: string, method: string) =>
      python.call(name, { method, pattern: "unary", requests: [{ ms: 1 }] });

    it.each(["TypeScript", "Python"] as const)(
      "succeed for a Python client with the roles of a %s credential",
      async (by) => {
        for (const roles of ["status", "status,admin"]) {
          const file = join(folder, "credential.json");
          writeFileSync(file, await sign(by, roles));
          const name = `${by} ${roles}`;
          await python.connect(name, server.address, { credential: file, root: root.publicKey });
          expect((await call(name, "sleep")).error).toBeNull();
          const { error } = await call(name, "admin");
          if (roles === "status")
            expect(error).toMatchObject({ code: StatusCode.PERMISSION_DENIED });
          else expect(error).toBeNull();
          await python.close(name);
        }
      },
    );

    it("succeed for a Python client with an identity file", async () => {
      const key = new Uint8Array(32).fill(5);
      const credential = await signCredential(root.secretKey, {
        roles: ["admin"],
        name: "prod",
        endpointId: endpointIdOf(key),
      });
      const peer = { name: "prod", role: "consumer", credential } as const;
      const identity = join(folder, ".aster-identity");
      await writeIdentity(identity, withIdentityPeer(newIdentity(key), peer));
      await python.connect("identity", server.address, { identity, peer: "prod" });
      expect((await call("identity", "admin")).error).toBeNull();
      await python.close("identity");
    });

    it("are refused without a credential, and with a used one-time token", async () => {
      causes.length = 0;
      await expect(python.connect("none", server.address)).rejects.toThrow();
      const file = join(folder, "token.json");
      writeFileSync(file, await sign("Python", "status", true));
      const once = { credential: file, root: root.publicKey };
      await python.connect("once", server.address, once);
      await python.close("once");
      await expect(python.connect("again", server.address, once)).rejects.toThrow();
      expect(causes).toEqual(["1 no-credential", "1 token-used"]);
    });
  });
});
