import { contractIdOf, defineService, type ServiceMethod, unary } from "@aster/contract";
import { AsterClient, AsterServer, implement } from "@aster/rpc";
import { createNode, parseAddress } from "@aster/transport";
import { openGate } from "@aster/trust";
import {
  CONSUMER_ADMISSION_ALPN,
  parseAdmissionResponse,
  requestAdmission,
} from "@aster/trust/admission";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { Counter, counterHandlers, Testkit, testkitHandlers } from "@aster-apps/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PythonClient } from "./support/python-client.ts";
import { PythonServer } from "./support/python-server.ts";

const environment = await pythonWithAster();

describe.skipIf("missing" in environment)("admission and addresses", () => {
  let server: AsterServer;
  let pythonServer: PythonServer;
  let pythonClient: PythonClient;

  beforeAll(async () => {
    if ("missing" in environment) return;
    server = await AsterServer.start({
      services: [
        implement(
          Testkit,
          testkitHandlers(() => {}),
        ),
        implement(Counter, (peer) => counterHandlers(peer, () => {})),
      ],
      gate: openGate(),
      network: "none",
    });
    pythonServer = await PythonServer.start(environment.path);
    pythonClient = await PythonClient.start(environment.path);
  });

  afterAll(async () => {
    await pythonClient?.[Symbol.asyncDispose]();
    await pythonServer?.[Symbol.asyncDispose]();
    await server?.close();
  });

  it("computes the same contract ids on both sides", async () => {
    const ids = { Testkit: contractIdOf(Testkit), Counter: contractIdOf(Counter) };
    expect(await pythonClient.contractIds()).toEqual(ids);
    expect(pythonServer.ready.contracts).toEqual(ids);
    expect(Object.fromEntries(Object.entries(server.contracts))).toEqual(ids);
  });

  it("tells the Python client about the TypeScript services", async () => {
    const services = await pythonClient.connect("services", server.address);
    expect(services).toMatchObject([
      { name: "Testkit", version: 1, contractId: contractIdOf(Testkit), pattern: "shared" },
      { name: "Counter", version: 1, contractId: contractIdOf(Counter), pattern: "session" },
    ]);
    const [address = ""] = Object.values(services[0]?.channels ?? {});
    expect(parseAddress(address).endpointId).toBe(server.endpointId);
    expect(services[0]?.modes).toEqual(["xlang", "xlang1", "native", "row", "json"]);
    await pythonClient.close("services");
  });

  it("tells the TypeScript client about the Python services", async () => {
    const client = await AsterClient.connect(pythonServer.ready.address, { network: "none" });
    expect(client.services).toMatchObject([
      { name: "Testkit", version: 1, contractId: contractIdOf(Testkit), scoped: "shared" },
      { name: "Counter", version: 1, contractId: contractIdOf(Counter), scoped: "session" },
    ]);
    await client.close();
  });

  it("connects many TypeScript clients at once, although the Python server loses answers", async () => {
    const connecting = Array.from({ length: 12 }, () =>
      AsterClient.connect(pythonServer.ready.address, { network: "none" }),
    );
    const clients = await Promise.all(connecting);
    await Promise.all(clients.map((client) => client.close()));
  });

  it("sends the keys of the Python server in the admission reply, and the methods", async () => {
    const request = '{"credential_json":"","iid_token":""}';
    const [ours, theirs] = await Promise.all([
      pythonClient.admission(server.address, request),
      pythonClient.admission(pythonServer.ready.address, request),
    ]);
    const [ourKeys, theirKeys] = [ours, theirs].map((text) => {
      const reply = JSON.parse(text);
      return { keys: Object.keys(reply), services: reply.services.map(Object.keys) };
    });
    const withIds = theirKeys?.services.map((keys: string[]) => [...keys, "methods"]);
    expect(ourKeys).toEqual({ keys: theirKeys?.keys, services: withIds });
    expect(parseAdmissionResponse(Buffer.from(theirs)).admitted).toBe(true);
  });

  it("calls a Python server under its own contract, and no other", async () => {
    await using client = await AsterClient.connect(pythonServer.ready.address, { network: "none" });
    const { request, response } = Object.values(Testkit.methods)[0] as ServiceMethod;
    const other = unary(request as never, response as never);
    const Other = defineService(Testkit.name, {}, { other });
    expect(() => client.client(Other)).toThrow(
      /which it does not describe, so that they cannot be compared/,
    );
    expect(() => client.client(Testkit)).not.toThrow();
  });

  it.each(["{", "[]", '{"iid_token":""}', '{"credential_json":7}'])(
    "denies the request %s like the Python gate",
    async (request) => {
      const [ours, theirs] = await Promise.all([
        pythonClient.admission(server.address, request),
        pythonClient.admission(pythonServer.ready.address, request),
      ]);
      expect(JSON.parse(ours)).toMatchObject({ admitted: false, services: [], reason: "" });
      expect(JSON.parse(theirs)).toMatchObject({ admitted: false, services: [], reason: "" });
    },
  );

  it("is denied by the Python gate with an unreadable credential", async () => {
    await using node = await createNode();
    const connection = await node.connect(pythonServer.ready.address, CONSUMER_ADMISSION_ALPN, {
      raw: true,
    });
    const answer = requestAdmission(connection, { credentialJson: "not a credential" });
    await expect(answer).rejects.toMatchObject({ name: "AdmissionError", code: "denied" });
  });

  it.each(["address", "addrB64"] as const)("dials the %s of the Python server", async (form) => {
    const client = await AsterClient.connect(pythonServer.ready[form], { network: "none" });
    const { text } = await client.client(Testkit).echo({ text: form });
    expect(text).toBe(form);
    await client.close();
  });

  it("dials an address parsed from a Python address", async () => {
    const { address, addrB64, id } = pythonServer.ready;
    const [ticket, text] = [parseAddress(address), parseAddress(addrB64)];
    expect(ticket).toEqual(text);
    expect(ticket.endpointId).toBe(id);
    const client = await AsterClient.connect(text, { network: "none" });
    await client.close();
  });

  it("is dialed by the Python client with its ticket and its base64 address", async () => {
    for (const address of [server.address, server.endpointAddrB64]) {
      expect(await pythonClient.connect(address, address)).toHaveLength(2);
      const call = { method: "echo", pattern: "unary", requests: [{ text: "a" }] } as const;
      expect((await pythonClient.call(address, call)).error).toBeNull();
      await pythonClient.close(address);
    }
  });

  it("cannot be dialed by endpoint id alone without discovery", async () => {
    const dial = AsterClient.connect(pythonServer.ready.id, { network: "none", timeoutMs: 3_000 });
    await expect(dial).rejects.toThrow();
    await expect(pythonClient.connect("bare", server.endpointId)).rejects.toThrow("No addressing");
  });
});
