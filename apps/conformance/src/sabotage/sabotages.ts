import { ofEnds } from "./ends.ts";
import { ofHeaders } from "./headers.ts";
import { ofMessages } from "./messages.ts";
import { ofPolicies } from "./policies.ts";
import type { Sabotage } from "./sabotage.ts";
import { ofStatuses } from "./statuses.ts";

const CONTROL = "basic/unary";

/** All sabotages, in the order of a run. */
export const sabotages: readonly Sabotage[] = [
  ...ofStatuses,
  ...ofHeaders,
  ...ofMessages,
  ...ofEnds,
  ...ofPolicies,
].map((one) => ({ passes: CONTROL, ...one }));
