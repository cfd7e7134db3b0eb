import { createInterface } from "node:readline";
import { gossipOf, type Topic, type TopicEvent } from "@aster/transport/gossip";
import { fired, interruption } from "../interruption.ts";
import { emit } from "../json-lines.ts";
import { addressOf, withNode } from "../linked-node.ts";
import { parseOptions } from "../options.ts";
import { UsageError } from "../usage.ts";

/**
 * The `gossip join` command: prints what arrives in a topic and sends the lines of stdin to it,
 * until a signal ends it.
 */
export async function join(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, { peer: { type: "string", multiple: true } });
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0) throw new UsageError("gossip join takes one TOPIC");
  const signal = interruption();
  await withNode({ protocols: ["gossip"] }, async (node) => {
    using topic = gossipOf(node).join(id, { peers: values.peer ?? [], signal });
    emit({ ready: true, id: node.id, address: addressOf(node) });
    const lines = createInterface({ input: process.stdin });
    const sending = sendLines(lines, topic);
    for await (const event of topic) emit(lineOf(event));
    await fired(signal);
    lines.close();
    process.stdin.destroy();
    await sending;
  });
  return 0;
}

/** Sends each line. A line that cannot be sent is reported on stderr. */
async function sendLines(lines: AsyncIterable<string>, topic: Topic): Promise<void> {
  for await (const line of lines) {
    await topic.broadcast(new TextEncoder().encode(line)).catch((error: unknown) => {
      process.stderr.write(`testkit: a line was not sent: ${String(error)}\n`);
    });
  }
}

function lineOf(event: TopicEvent): object {
  switch (event.kind) {
    case "message": {
      const text = new TextDecoder().decode(event.content);
      return { event: "message", from: event.from, text };
    }
    case "neighborUp":
      return { event: "up", peer: event.peer };
    case "neighborDown":
      return { event: "down", peer: event.peer };
    case "lagged":
      return { event: "lagged", lost: event.lost };
  }
}
