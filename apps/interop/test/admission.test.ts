import { contractIdOf } from "@aster/contract";
import { AsterClient, AsterServer, implement } from "@aster/rpc";
import { createNode, parseAddress } from "@aster/transport";
import {
  CONSUMER_ADMISSION_ALPN,
  openGate,
  parseAdmissionResponse,
  requestAdmission,
} from "@aster/trust";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Counter } from "../src/counter.ts";
import { counterSession } from "../src/counter-session.ts";
import { testkitHandlers } from "../src/handlers.ts";
import { pythonWithWheel } from "../src/process/python.ts";
import { connectToWheel } from "../src/process/wheel-admission.ts";
import { Testkit } from "../src/service.ts";
import { WheelClient } from "./support/wheel-client.ts";
import { WheelServer } from "./support/wheel-server.ts";

const python = await pythonWithWheel();

describe.skipIf("missing" in python)("admission and addresses", () => {
  let ours: AsterServer;
  let wheelServer: WheelServer;
  let wheel: WheelClient;

  beforeAll(async () => {
    if ("missing" in python) return;
    ours = await AsterServer.start({
      services: [
        implement(
          Testkit,
          testkitHandlers(() => {}),
        ),
        implement(Counter, (peer) => counterSession(peer, () => {})),
      ],
      gate: openGate(),
      network: "none",
    });
    wheelServer = await WheelServer.start(python.path);
    wheel = await WheelClient.start(python.path);
  });

  afterAll(async () => {
    await wheel?.[Symbol.asyncDispose]();
    await wheelServer?.[Symbol.asyncDispose]();
    await ours?.close();
  });

  it("both compute the same contract ids", async () => {
    const ids = { Testkit: contractIdOf(Testkit), Counter: contractIdOf(Counter) };
    expect(await wheel.contractIds()).toEqual(ids);
    expect(wheelServer.ready.contracts).toEqual(ids);
    expect(Object.fromEntries(Object.entries(ours.contracts))).toEqual(ids);
  });

  it("the wheel learns our services", async () => {
    const services = await wheel.connect("services", ours.address);
    expect(services).toMatchObject([
      { name: "Testkit", version: 1, contractId: contractIdOf(Testkit), pattern: "shared" },
      { name: "Counter", version: 1, contractId: contractIdOf(Counter), pattern: "session" },
    ]);
    const [address = ""] = Object.values(services[0]?.channels ?? {});
    expect(parseAddress(address).endpointId).toBe(ours.endpointId);
    expect(services[0]?.modes).toEqual(["xlang", "xlang1", "native", "row", "json"]);
    await wheel.close("services");
  });

  it("we learn the wheel's services", async () => {
    const client = await connectToWheel(wheelServer.ready.address, { network: "none" });
    expect(client.services).toMatchObject([
      { name: "Testkit", version: 1, contractId: contractIdOf(Testkit), scoped: "shared" },
      { name: "Counter", version: 1, contractId: contractIdOf(Counter), scoped: "session" },
    ]);
    await client.close();
  });

  it("our reply has the keys of the wheel's", async () => {
    const request = '{"credential_json":"","iid_token":""}';
    const [own, its] = await Promise.all([
      wheel.admission(ours.address, request),
      wheel.admission(wheelServer.ready.address, request),
    ]);
    const [ownKeys, itsKeys] = [own, its].map((text) => {
      const reply = JSON.parse(text);
      return { keys: Object.keys(reply), services: reply.services.map(Object.keys) };
    });
    expect(ownKeys).toEqual(itsKeys);
    expect(parseAdmissionResponse(Buffer.from(its)).admitted).toBe(true);
  });

  it.each(["{", "[]", '{"iid_token":""}', '{"credential_json":7}'])(
    "our gate denies %s as the wheel's does",
    async (request) => {
      const [own, its] = await Promise.all([
        wheel.admission(ours.address, request),
        wheel.admission(wheelServer.ready.address, request),
      ]);
      expect(JSON.parse(own)).toMatchObject({ admitted: false, services: [], reason: "" });
      expect(JSON.parse(its)).toMatchObject({ admitted: false, services: [], reason: "" });
    },
  );

  it("the wheel's gate denies our unreadable credential", async () => {
    await using node = await createNode();
    const connection = await node.connect(wheelServer.ready.address, CONSUMER_ADMISSION_ALPN, {
      raw: true,
    });
    const answer = requestAdmission(connection, { credentialJson: "not a credential" });
    await expect(answer).rejects.toMatchObject({ name: "AdmissionError", code: "denied" });
  });

  it.each(["address", "addrB64"] as const)("we dial the wheel's %s", async (form) => {
    const client = await connectToWheel(wheelServer.ready[form], { network: "none" });
    const { text } = await client.client(Testkit).echo({ text: form });
    expect(text).toBe(form);
    await client.close();
  });

  it("we dial what we read off the wheel's addresses", async () => {
    const { address, addrB64, id } = wheelServer.ready;
    const [ticket, text] = [parseAddress(address), parseAddress(addrB64)];
    expect(ticket).toEqual(text);
    expect(ticket.endpointId).toBe(id);
    const client = await AsterClient.connect(text, { network: "none" });
    await client.close();
  });

  it("the wheel dials our ticket and our base64 address", async () => {
    for (const address of [ours.address, ours.endpointAddrB64]) {
      expect(await wheel.connect(address, address)).toHaveLength(2);
      const call = { method: "echo", pattern: "unary", requests: [{ text: "a" }] } as const;
      expect((await wheel.call(address, call)).error).toBeNull();
      await wheel.close(address);
    }
  });

  it("a bare id leads nowhere without discovery, for both", async () => {
    const dial = AsterClient.connect(wheelServer.ready.id, { network: "none", timeoutMs: 3_000 });
    await expect(dial).rejects.toThrow();
    await expect(wheel.connect("bare", ours.endpointId)).rejects.toThrow("No addressing");
  });
});
