import { AsterClient, AsterServer } from "@aster/rpc";
import { generateRootKeypair } from "@aster/trust";
import { expect, test } from "vitest";

const { publicKey: rootPubkey } = await generateRootKeypair();

test("denies admissions over the limits of the server without a decision", async () => {
  const causes: unknown[] = [];
  await using server = await AsterServer.start({
    services: [],
    rootPubkey,
    network: "none",
    admissionLimits: { total: 2 },
    onAdmission: ({ cause }) => causes.push(cause),
  });
  for (let attempt = 0; attempt < 4; attempt++) {
    const client = AsterClient.connect(server.address, { network: "none" });
    await expect(client).rejects.toMatchObject({ code: 16 });
  }
  expect(causes).toEqual(["no-credential", "no-credential", "rate-limited", "rate-limited"]);
});

test("refuses a limit that is not a number", async () => {
  const admissionLimits = { perEndpoint: 0 };
  await expect(
    AsterServer.start({ services: [], rootPubkey, network: "none", admissionLimits }),
  ).rejects.toMatchObject({ code: 3, details: { reason: "option.invalid" } });
});
