// The contract. `requires` names the roles of a caller's credential.
import { defineService, role, unary, wireType } from "@aster/rpc/contract";
import { z } from "zod";

export const ReadRequest = wireType("mesh/ReadRequest", {});
export const Reading = wireType("mesh/Reading", { celsius: z.number(), count: z.int() });
export const ResetRequest = wireType("mesh/ResetRequest", {});
export const ResetReply = wireType("mesh/ResetReply", { cleared: z.int() });

export const Sensors = defineService(
  "Sensors",
  { version: 1 },
  {
    read: unary(ReadRequest, Reading, { idempotent: true, requires: role("read") }),
    reset: unary(ResetRequest, ResetReply, { requires: role("operate") }),
  },
);
