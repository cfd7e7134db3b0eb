import { setTimeout as delay } from "node:timers/promises";
import type { ServiceHandlers } from "@aster/contract";
import { type CallContext, isStatusCode, RpcError, StatusCode } from "@aster/rpc";
import type { Testkit } from "./testkit.ts";
import type {
  CountReply,
  CountRequest,
  EchoReply,
  EchoRequest,
  SleepReply,
  SleepRequest,
} from "./testkit-messages.ts";

/** The longest delay of a timer in Node. */
const LONGEST_MS = 2 ** 31 - 1;
const LARGEST_PAYLOAD = 16 * 1024 * 1024;

/**
 * Returns the handlers of {@link Testkit}. `onAbort` is called with the method of each aborted
 * call.
 */
export function testkitHandlers(
  onAbort: (method: string) => void,
): ServiceHandlers<typeof Testkit> {
  async function* count(request: CountRequest, call: CallContext): AsyncGenerator<CountReply> {
    const payload = payloadOf(request.size);
    using _ = watch(call, onAbort);
    for (let n = request.start; n < request.end; n += 1) {
      if (request.delayMs > 0) await pause(request.delayMs, call.signal);
      yield { n, payload };
    }
  }

  async function sleep({ ms }: SleepRequest, call: CallContext): Promise<SleepReply> {
    using _ = watch(call, onAbort);
    await pause(ms, call.signal);
    return { ms };
  }

  return {
    echo: (request, call) => replyTo(request, call),

    fail(request) {
      const { code, message, after } = request;
      if (code === StatusCode.OK) return {};
      if (!isStatusCode(code)) {
        throw new RpcError(StatusCode.INVALID_ARGUMENT, `${code} is not a status code`);
      }
      throw new RpcError(code, message, { details: { after: String(after) } });
    },

    sleep,

    count,

    async sum(items, call) {
      using _ = watch(call, onAbort);
      const reply = { total: 0, items: 0 };
      for await (const { n } of items) {
        reply.total += n;
        reply.items += 1;
      }
      return reply;
    },

    async *chat(requests, call) {
      using _ = watch(call, onAbort);
      for await (const request of requests) yield replyTo(request, call);
    },

    async *failing_count(request, call) {
      yield* count(request, call);
      throw new RpcError(StatusCode.FAILED_PRECONDITION, "enough");
    },

    rows: count,
    admin: sleep,
  };
}

function replyTo(request: EchoRequest, call: CallContext): EchoReply {
  const remainingMs = call.remainingMs();
  return {
    ...request,
    peer: call.peer,
    roles: [...call.roles],
    remainingMs: remainingMs === undefined ? -1 : Math.floor(remainingMs),
    metadata: Object.fromEntries(call.metadata),
  };
}

function payloadOf(size: number): Uint8Array<ArrayBuffer> {
  if (size >= 0 && size <= LARGEST_PAYLOAD) return new Uint8Array(size);
  throw new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `size must be from 0 to ${LARGEST_PAYLOAD}, not ${size}`,
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(Math.min(Math.max(ms, 0), LONGEST_MS), undefined, { signal });
}

/** Reports an abort of the call until the result is disposed of. */
function watch(call: CallContext, onAbort: (method: string) => void): Disposable {
  const report = () => onAbort(call.method);
  call.signal.addEventListener("abort", report, { once: true });
  return { [Symbol.dispose]: () => call.signal.removeEventListener("abort", report) };
}
