// The option `credential` of a client: text, an object, or a function.
import { type AdmissionGate, StatusCode } from "@aster/rpc";
import { type ServicePair, type ServicePairOptions, servicePair } from "@aster/rpc/testing";
import { formatCredential, generateRootKeypair, signCredential } from "@aster/trust";
import { beforeEach, describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Probe, probe } from "../support/probe.ts";

let presented: string[] = [];
beforeEach(() => {
  presented = [];
});

const gate: AdmissionGate = {
  open: false,
  admit: ({ credentialJson }) => {
    presented.push(credentialJson);
    return { admitted: true, attributes: {} };
  },
};

function open(client: ServicePairOptions["client"]): Promise<ServicePair> {
  return servicePair({ services: [probe()], gate, client });
}

describe("is presented", () => {
  test("as its JSON text, also when it is an object or comes from a function", async () => {
    const root = await generateRootKeypair();
    const credential = await signCredential(root.secretKey, { roles: ["ops"] });
    const text = formatCredential(credential);
    for (const option of [text, credential, () => text, async () => credential]) {
      await using _ = await open({ credential: option });
    }
    expect(presented).toEqual([text, text, text, text]);
  });

  test("anew for each connection, when it comes from a function", async () => {
    let number = 0;
    const credential = () => {
      number += 1;
      return `credential ${number}`;
    };
    await using pair = await open({ credential });
    expect(pair.server.revoke(pair.client.node.id)).toBe(true);
    const echo = () => pair.client.client(Probe).echo({ text: "a" });
    await failure(echo());
    await expect
      .poll(() => presented, { timeout: 5_000 })
      .toEqual(["credential 1", "credential 2"]);
    await echo();
  });
});

describe("ends the connect with", () => {
  test("UNAUTHENTICATED when the function fails, with its error as the cause only", async () => {
    const cause = new Error("a secret");
    const failing = [
      () => {
        throw cause;
      },
      () => Promise.reject(cause),
    ];
    for (const credential of failing) {
      const error = await failure(open({ credential }));
      expect(error).toMatchObject({
        code: StatusCode.UNAUTHENTICATED,
        details: { reason: "admission.credential" },
        cause,
      });
      expect(error.message).not.toContain("secret");
    }
    const nothing = (() => undefined) as unknown as () => string;
    expect((await failure(open({ credential: nothing }))).details).toEqual({
      reason: "admission.credential",
    });
    expect(presented).toEqual([]);
  });

  test("DEADLINE_EXCEEDED when the function does not return in time", async () => {
    const credential = () => new Promise<string>(() => {});
    const error = await failure(open({ credential, timeoutMs: 50 }));
    expect(error.code).toBe(StatusCode.DEADLINE_EXCEEDED);
  });

  test("CANCELLED when the signal fires while the function is at work", async () => {
    const controller = new AbortController();
    const credential = () => {
      setTimeout(() => controller.abort(), 10);
      return new Promise<string>(() => {});
    };
    const error = await failure(open({ credential, signal: controller.signal }));
    expect(error.code).toBe(StatusCode.CANCELLED);
  });

  test("INVALID_ARGUMENT for another value", async () => {
    for (const credential of [5, null, {}, []] as unknown as string[]) {
      expect(await failure(open({ credential }))).toMatchObject({
        code: StatusCode.INVALID_ARGUMENT,
        details: { reason: "option.invalid", option: "credential" },
      });
    }
  });
});
