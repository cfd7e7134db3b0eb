import { measureStream, measureUnary, type UnaryFigures } from "../../bench/measure.ts";
import { callFailure, unknownName } from "../../call/call-failure.ts";
import type { CallMode } from "../../call/callee.ts";
import { openCallee } from "../../call/open-callee.ts";
import { usageFailure } from "../../command/failure.ts";
import type { Run } from "../../command/spec.ts";
import { parseJson } from "../../files/read-file.ts";
import { columns } from "../../output/table.ts";
import { connectTo } from "../../peer/connect.ts";
import { peerOptionsOf } from "../../peer/options.ts";

const CONCURRENCIES = [1, 16, 64];

export const bench: Run = async (context, { args, options }) => {
  const [address = "", target = "", json = "{}"] = args;
  const at = target.lastIndexOf(".");
  const [service, name] = [target.slice(0, Math.max(at, 0)), target.slice(at + 1)];
  if (service === "" || name === "") throw usageFailure(`"${target}" is not SERVICE.METHOD`);
  const forMs = Number(options.seconds) * 1000;
  if (!(forMs > 0))
    throw usageFailure(`--seconds takes a number, not "${String(options.seconds)}"`);
  const request = parseJson(json, "the request");
  const { interrupted: signal } = context.host;
  await using client = await connectTo(context, address, peerOptionsOf(options), { service });
  try {
    const mode = options.mode as CallMode | undefined;
    const choice = {
      service,
      session: false,
      mode,
      contract: options.contract as string | undefined,
    };
    await using callee = await openCallee(context, client, choice);
    const method = callee.method(name);
    if (method === undefined) throw unknownName("method", name, callee.names ?? []);
    const unary: UnaryFigures[] = [];
    if (method.pattern === "unary") {
      for (const concurrency of CONCURRENCIES) {
        if (!context.json) context.note(`measuring ${concurrency} calls at a time …`);
        unary.push(await measureUnary(method, request, concurrency, forMs, { signal }));
      }
    } else if (method.pattern !== "server_stream") {
      throw usageFailure(
        `${target} has a stream of requests`,
        "name a unary method or a server stream",
      );
    }
    const stream =
      method.pattern === "server_stream"
        ? await measureStream(method, request, forMs, { signal })
        : null;
    context.result({ unary, stream }, () =>
      stream === null
        ? columns([
            ["at a time", "calls/s", "p50 ms", "p99 ms"],
            ...unary.map((each) => Object.values(each).map(String)),
          ])
        : `${stream.messagesPerSecond} messages/s`,
    );
    return 0;
  } catch (error) {
    throw await callFailure(error);
  }
};
