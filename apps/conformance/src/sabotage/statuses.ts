import type { Sabotage } from "./sabotage.ts";
import { changedStatus, isTrailer } from "./tamper.ts";

/** Sabotages of statuses and their metadata. */
export const ofStatuses: readonly Sabotage[] = [
  {
    name: "the server says OK whatever happened",
    server: changedStatus((status) => ({ ...status, code: 0 })),
    fails: [
      "errors/code 5 (unary)",
      "errors/code 5 (serverStream)",
      "errors/after two replies (bidiStream, half duplex)",
      "unexpected-requests/an unknown method",
    ],
  },
  {
    name: "every failure is UNKNOWN",
    server: changedStatus((status) => ({ ...status, code: status.code === 0 ? 0 : 2 })),
    fails: [
      "errors/code 7 (unary)",
      "errors/code 101 (serverStream)",
      "sizes/one request too many (clientStream)",
    ],
  },
  {
    name: "texts lose what is not ASCII",
    server: changedStatus((status) => ({
      ...status,
      message: status.message.replace(/[^ -~]/g, ""),
    })),
    fails: ["grpc/special_status_message (unary)", "errors/with a text of many kinds (bidiStream)"],
  },
  {
    name: "details are dropped",
    server: changedStatus((status) => ({ ...status, detailKeys: [], detailValues: [] })),
    fails: [
      "errors/with details (unary)",
      "trailers/of a good end, order and multiplicity kept (unary)",
    ],
  },
  {
    name: "details and trailing metadata change their order",
    server: changedStatus((status) => ({
      ...status,
      detailKeys: status.detailKeys.toReversed(),
      detailValues: status.detailValues.toReversed(),
    })),
    fails: [
      "trailers/of a failure, after its details (unary)",
      "trailers/of a good end, order and multiplicity kept (serverStream)",
    ],
  },
  {
    name: "the server never sends a status",
    server: () => ({ send: (frame) => (isTrailer(frame) ? [] : [frame]) }),
    fails: ["basic/unary", "basic/server stream", "unexpected-requests/no service"],
    passes: "cancellation/before the call begins: nothing is sent",
  },
];
