// One-time tokens across servers that share a folder, restarts, and a store that fails.
import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AsterClient, AsterServer, StatusCode } from "@aster/rpc";
import {
  type AdmissionOutcome,
  type ConsumerEnrollmentCredential,
  fileNonceStore,
  generateRootKeypair,
  signCredential,
} from "@aster/trust";
import { afterEach, beforeEach, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Probe, probe } from "../support/probe.ts";

const local = { network: "none", bindAddress: "127.0.0.1:0" } as const;
const root = await generateRootKeypair();

let base: string;
let tokens: string;
let outcomes: AdmissionOutcome[];
let open: AsyncDisposable[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "aster-one-time-"));
  tokens = join(base, "tokens");
  outcomes = [];
  open = [];
});
afterEach(async () => {
  for (const closable of open.reverse()) await closable[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

async function serve(): Promise<AsterServer> {
  const server = await AsterServer.start({
    services: [probe()],
    rootPubkey: root.publicKey,
    tokens: fileNonceStore(tokens),
    onAdmission: (outcome) => void outcomes.push(outcome),
    ...local,
  });
  open.push(server);
  return server;
}

async function dial(
  server: AsterServer,
  credential: ConsumerEnrollmentCredential,
): Promise<AsterClient> {
  const client = await AsterClient.connect(server.address, { credential, ...local });
  open.push(client);
  return client;
}

const sign = (oneTime = true) => signCredential(root.secretKey, { oneTime, expiresIn: "1h" });

test("admit one of many clients of several servers", async () => {
  const servers = [await serve(), await serve()];
  const credential = await sign();
  const dials = Array.from({ length: 16 }, (_, at) => {
    return dial(servers[at % 2] as AsterServer, credential).then(
      () => "admitted",
      (error) => error.code,
    );
  });
  const results = await Promise.all(dials);
  expect(results.filter((result) => result === "admitted")).toHaveLength(1);
  expect(new Set(results)).toEqual(new Set(["admitted", StatusCode.UNAUTHENTICATED]));
  expect(outcomes.filter(({ cause }) => cause === "token-used")).toHaveLength(15);
});

test("stay used after a restart, also if all files of the store are truncated", async () => {
  const credential = await sign();
  const first = await serve();
  await (await dial(first, credential)).close();
  await first.close();
  for (const name of await readdir(tokens)) await truncate(join(tokens, name));
  const error = await failure(dial(await serve(), credential));
  expect(error.code).toBe(StatusCode.UNAUTHENTICATED);
});

test("are denied while the store fails, and everything else goes on", async () => {
  await writeFile(tokens, "not a folder");
  const server = await serve();
  const client = await dial(server, await sign(false));
  const error = await failure(dial(server, await sign()));
  expect(error.code).toBe(StatusCode.UNAUTHENTICATED);
  expect(error.message).not.toContain(base);
  expect(outcomes.at(-1)).toMatchObject({
    cause: "token-used",
    error: { name: "AdmissionError", code: "store" },
  });
  await client.client(Probe).echo({ text: "a" });
  await dial(server, await sign(false));
});
