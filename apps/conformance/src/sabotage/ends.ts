import { FrameFlag } from "@aster/transport";
import { statuses } from "../raw/protocol.ts";
import type { Sabotage } from "./sabotage.ts";
import { type Frame, isMessage, isTrailer } from "./tamper.ts";

const OK_TRAILER: Frame = {
  flags: 0x02,
  payload: statuses.xlang.encode({ code: 0, message: "", detailKeys: [], detailValues: [] }),
};

/** Sabotages of ends, cancellations and deadlines. */
export const ofEnds: readonly Sabotage[] = [
  {
    name: "the server does not hear that a call is given up",
    server: () => ({ hidesAborts: true }),
    fails: [
      "cancellation/unary, after the request",
      "cancellation/server stream, after one reply",
      "cancellation/server stream: leaving the loop is enough",
    ],
  },
  {
    name: "the caller cannot give a call up",
    clientInterceptor: (call, next) => next({ ...call, signal: new AbortController().signal }),
    // a response stream that the caller leaves resets its channel, whatever the signal of the call
    fails: [
      "cancellation/unary, after the request",
      "cancellation/client stream, after it has finished sending",
    ],
  },
  {
    name: "the client sends earlier deadlines",
    clientInterceptor: (call, next) =>
      next({ ...call, deadlineAt: call.deadlineAt && call.deadlineAt - 10_000 }),
    fails: [
      "timeouts/the server receives the deadline (unary)",
      "timeouts/the server receives the deadline (serverStream)",
    ],
  },
  {
    name: "the client takes any end for a good one",
    client: () => ({ alwaysEnds: true, beforeEnd: () => [OK_TRAILER] }),
    fails: [
      "unexpected-responses/no trailer (unary)",
      "unexpected-responses/rst_after_data: a reset after a reply (serverStream)",
      "unexpected-responses/a frame of 4 GiB (bidiStream)",
    ],
  },
  {
    name: "the client takes a failure after a reply for success",
    client: () => {
      let replied = false;
      return {
        receive(frame) {
          replied ||= isMessage(frame);
          return [replied && isTrailer(frame) ? OK_TRAILER : frame];
        },
      };
    },
    fails: [
      "errors/after two replies (serverStream)",
      "unexpected-responses/a failure after a reply (unary)",
      "unexpected-responses/a status of garbage (unary)",
    ],
  },
  {
    name: "the server takes broken frames for the end",
    server: () => ({ alwaysEnds: true }),
    fails: ["unexpected-requests/a frame of 4 GiB", "unexpected-requests/the end within a frame"],
  },
  {
    name: "in sessions, what the client sends to give a call up is lost",
    client: () => ({ send: (frame) => ((frame.flags & FrameFlag.Cancel) === 0 ? [frame] : []) }),
    fails: [
      "sessions/cancellation/unary, after the request",
      "sessions/cancellation/server stream, after one reply",
    ],
  },
  {
    name: "the server does not hear the end of the other's half",
    server: () => ({ neverEnds: true }),
    fails: [
      "basic/bidi stream, half duplex",
      "basic/client stream",
      "unexpected-requests/no request (unary)",
    ],
  },
];
