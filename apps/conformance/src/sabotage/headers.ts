import type { Sabotage } from "./sabotage.ts";
import { changedHeader } from "./tamper.ts";

/** Sabotages of headers. */
export const ofHeaders: readonly Sabotage[] = [
  {
    name: "metadata change their order",
    client: changedHeader((header) => ({
      ...header,
      metadataKeys: header.metadataKeys.toReversed(),
      metadataValues: header.metadataValues.toReversed(),
    })),
    fails: [
      "metadata/order and multiplicity are kept (unary)",
      "interceptors/the client's, on the way in: the first is the outermost (unary)",
    ],
  },
  {
    name: "metadata are a dictionary",
    client: changedHeader((header) => {
      const { metadataKeys: keys, metadataValues: values } = header;
      const pairs = Object.entries(
        Object.fromEntries(keys.map((key, n) => [key, values[n] ?? ""])),
      );
      return {
        ...header,
        metadataKeys: pairs.map(([key]) => key),
        metadataValues: pairs.map(([, value]) => value),
      };
    }),
    fails: [
      "metadata/order and multiplicity are kept (bidiStream)",
      "credentials/per_rpc_creds: two at once are none",
    ],
  },
  {
    name: "metadata are dropped",
    client: changedHeader((header) => ({ ...header, metadataKeys: [], metadataValues: [] })),
    fails: ["grpc/custom_metadata (unary)", "credentials/per_rpc_creds: a token (unary)"],
  },
  {
    name: "the deadline is kept from the server",
    client: changedHeader((header) => ({ ...header, deadlineEpochMs: 0 })),
    fails: ["timeouts/the server receives the deadline (unary)"],
  },
  {
    name: "every call has a deadline",
    client: changedHeader((header) => ({ ...header, deadlineEpochMs: Date.now() + 60_000 })),
    fails: ["timeouts/no deadline (unary)"],
    passes: "errors/code 5 (unary)",
  },
];
