// app/hello/route.js
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

export const dynamic = "force-dynamic";

const HelloRequest = wireType("hello/HelloRequest", { name: z.string().default("") });
const HelloReply = wireType("hello/HelloReply", { message: z.string() });
const Hello = defineService("Hello", {}, { sayHello: unary(HelloRequest, HelloReply) });
const hello = implement(Hello, { sayHello: ({ name }) => ({ message: `Hello, ${name}!` }) });

export async function GET() {
  const gate = openGate({ production: true });
  await using server = await AsterServer.start({ services: [hello], gate });
  await using client = await AsterClient.connect(server.address);
  const { message } = await client.client(Hello).sayHello({ name: "World" });
  return new Response(message);
}
