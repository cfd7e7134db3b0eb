// Secrets with recognisable values must not appear in logs, errors and printed objects.
import { inspect } from "node:util";
import {
  AsterClient,
  AsterConfig,
  AsterServer,
  jsonLog,
  type LogOption,
  type LogRecord,
  RpcError,
  textLog,
} from "@aster/rpc";
import { endpointIdOf, formatTicket, ticketFor } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { generateRootKeypair, signCredential } from "@aster/trust";
import { expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";

const secretKey = Uint8Array.from({ length: 32 }, (_, index) => 0xa0 + (index % 16));
const nonce = "1badcafe".repeat(8);
const signature = "5eed0bad".repeat(16);
const credential = JSON.stringify({
  credential_type: "ott",
  root_pubkey: "ab".repeat(32),
  expires_at: 2_000_000_000,
  attributes: { "aster.name": "canary-attribute" },
  endpoint_id: null,
  nonce,
  signature,
});

const canaries: Readonly<Record<string, string>> = {
  "secret key as hex": Buffer.from(secretKey).toString("hex"),
  "secret key as base64": Buffer.from(secretKey).toString("base64"),
  "secret key as numbers": [...secretKey.subarray(0, 6)].join(", "),
  nonce,
  "start of the nonce": nonce.slice(0, 24),
  signature: signature.slice(0, 40),
  credential: credential.slice(0, 60),
  attribute: "canary-attribute",
  "metadata value": "canary-metadata",
  request: "canary-request",
  response: "canary-response",
  "iid token": "canary-iid",
};

function expectNone(place: string, text: string): void {
  for (const [name, canary] of Object.entries(canaries)) {
    if (text.includes(canary)) throw new Error(`${place} shows the ${name}`);
  }
}

function shownForms(value: unknown): string[] {
  return [
    inspect(value, { depth: 12, showHidden: true }),
    inspect(value, { depth: 12, getters: true }),
    JSON.stringify(value) ?? "",
    String(value),
  ];
}

/** A log of every form, at the lowest level. */
function logs(): { option: (form: number) => LogOption; text: () => string; records: LogRecord[] } {
  let text = "";
  const records: LogRecord[] = [];
  const stream = { write: (part: string) => (text += part) };
  const forms: LogOption[] = [
    jsonLog({ stream, level: "debug" }),
    textLog({ stream, level: "debug", mask: false }),
    { write: (record) => void records.push(record), level: "debug", mask: false },
  ];
  return {
    option: (form) => forms[form] as LogOption,
    text: () => text + inspect(records, { depth: 9 }),
    records,
  };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

test.each([0, 1, 2])("log form %i, errors and objects show no secret", async (form) => {
  const log = logs();
  const seen: unknown[] = [];
  const config = AsterConfig.of({ secretKey, enrollmentCredentialIid: "canary-iid" });
  let admits = 0;
  await using there = await loopbackNode({ secretKey });
  await using server = await AsterServer.start({
    services: [probe()],
    node: there,
    config,
    log: log.option(form),
    onError: (fault) => void seen.push(fault.errorId),
    audit: { record: (record) => void seen.push(record) },
    gate: {
      open: false,
      admit: () =>
        ++admits > 1
          ? { admitted: true, attributes: { "aster.role": "user" } }
          : { admitted: false, reason: "the signature does not fit" },
    },
  });
  await using here = await loopbackNode();
  const options = { node: here, config, credential, log: log.option(form) };
  seen.push(await failure(AsterClient.connect(server.address, options)));
  await using client = await AsterClient.connect(server.address, options);
  const remote = client.client(Probe);
  const call = { metadata: { token: "canary-metadata", "x-plain": "canary-metadata" } };
  await remote.echo({ text: "canary-request" }, call);
  await remote.echo({ text: "canary-request" }, { ...call, serialization: "json" });
  for await (const _ of remote.count({ n: 2, payload: "canary-response" }, call)) {
    // reads to the end
  }
  seen.push(await failure(remote.checked({ name: "x" }, call)));
  seen.push(await failure(remote.wrong({ text: "canary-request" }, call)));
  seen.push(await failure(remote.sleep({ n: 10_000, payload: "" }, { ...call, timeoutMs: 30 })));
  seen.push(await failure(client.proxy("Probe").echo?.({ wrong: "canary-request" }) as never));
  seen.push(await failure(client.proxy("Probe").missing?.({ text: "canary-request" }) as never));
  seen.push(server, client, server.server, config, server.stats(), client.services);
  for (const value of seen) {
    for (const text of shownForms(value)) expectNone("an object or error", text);
    if (value instanceof RpcError) expectNone("a stack", `${value.stack}`);
  }
  await client.close();
  await server.close();
  expectNone("a log", log.text());
  // the log was at work
  for (const msg of ["server started", "admission denied", "peer admitted", "call ended"]) {
    expect(log.text()).toContain(msg);
  }
});

test("a closed gate shows no part of a credential in logs, events and errors", async () => {
  const root = await generateRootKeypair();
  const token = await signCredential(root.secretKey, { oneTime: true, roles: ["user"] });
  const expired = await signCredential(root.secretKey, { expiresAt: 1_000_000_000 });
  const log = logs();
  const seen: unknown[] = [root, token.type];
  await using there = await loopbackNode();
  await using server = await AsterServer.start({
    services: [probe()],
    node: there,
    rootPubkey: root.publicKey,
    log: log.option(2),
    onAdmission: (outcome) => void seen.push(outcome),
    onDenied: (denial) => void seen.push(denial),
    audit: { record: (record) => void seen.push(record) },
  });
  for (const credential of [token, token, expired, { ...token, nonce: "ab".repeat(32) }, "x{"]) {
    await using here = await loopbackNode();
    const options = { node: here, credential, log: log.option(2) };
    const client = await AsterClient.connect(server.address, options).catch((error) => error);
    seen.push(client);
    if (client instanceof AsterClient) await client.close();
  }
  await server.close();
  const secrets = [
    Buffer.from(root.secretKey.expose()).toString("hex"),
    Buffer.from(root.secretKey.expose()).toString("base64"),
    token.nonce?.slice(0, 16) ?? "",
    token.signature.slice(0, 16),
    expired.signature.slice(0, 16),
  ];
  for (const text of [log.text(), ...seen.flatMap(shownForms)]) {
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
  const denials = log.records.filter(({ msg }) => msg === "admission denied");
  expect(denials.map(({ cause }) => cause)).toEqual(
    expect.arrayContaining(["token-used", "expired", "signature", "malformed"]),
  );
});

test("a ticket with a credential is in no error, log or printed configuration", async () => {
  const payload = new TextEncoder().encode(`{"nonce":"${nonce}"}`);
  const text = formatTicket({
    ...ticketFor({ endpointId: endpointIdOf(secretKey), directAddresses: ["127.0.0.1:1"] }),
    credential: { type: "enrollment", data: payload },
  });
  const log = logs();
  await using node = await loopbackNode();
  const config = AsterConfig.of({ endpointAddr: text });
  const errors = [
    await failure(
      AsterClient.connect(undefined, { node, config, timeoutMs: 300, log: log.option(0) }),
    ),
    await failure(AsterClient.connect(`${text}0`, { node, log: log.option(0) })),
    await failure(AsterClient.connect(`x${text}`, { node, log: log.option(0) })),
  ];
  const middle = text.slice(20, 60);
  for (const error of errors) {
    expect(error).toBeInstanceOf(RpcError);
    for (const shown of shownForms(error)) expect(shown).not.toContain(middle);
  }
  for (const shown of [...shownForms(config), config.print(() => {}), log.text()]) {
    expect(shown).not.toContain(middle);
  }
});

test("a bad option with a secret is named without its value", async () => {
  const text = Buffer.from(secretKey).toString("base64");
  const errors = [
    await failure(AsterServer.start({ services: [probe()], secretKey: text as never })),
    await failure(AsterServer.start({ services: [probe()], secretKey: secretKey.subarray(1) })),
    await failure(AsterClient.connect(text.slice(1), { iidToken: 5 as never })),
  ];
  for (const error of errors) {
    expect(error).toBeInstanceOf(RpcError);
    for (const shown of shownForms(error)) expectNone("an error", shown);
  }
});
