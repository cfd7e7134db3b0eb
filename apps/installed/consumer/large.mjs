// Prints how many characters of a large message come back, and the warnings on the way.
import {
  AsterClient,
  AsterServer,
  defineService,
  implement,
  openGate,
  unary,
  wireType,
} from "@aster/rpc";
import { z } from "zod";

process.on("warning", ({ name }) => console.log(name));

const Text = wireType("large/Text", { text: z.string() });
const Echo = defineService("Echo", {}, { echo: unary(Text, Text) });
const services = [implement(Echo, { echo: (request) => request })];

const server = await AsterServer.start({ services, gate: openGate() });
const client = await AsterClient.connect(server.address);
const { text } = await client.client(Echo).echo({ text: "x".repeat(100_000) });
console.log(text.length);
await client.close();
await server.close();
