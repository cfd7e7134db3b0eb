// first.cjs
const {
  AsterClient,
  AsterServer,
  defineService,
  implement,
  unary,
  wireType,
} = require("@aster/rpc");
const { z } = require("zod");

const Name = wireType("hello/Name", { name: z.string() });
const Greeting = wireType("hello/Greeting", { message: z.string() });
const Hello = defineService("Hello", {}, { sayHello: unary(Name, Greeting) });
const hello = implement(Hello, { sayHello: ({ name }) => ({ message: `Hello, ${name}!` }) });

async function main() {
  const server = await AsterServer.start({ services: [hello] });
  const client = await AsterClient.connect(server.address);
  console.log((await client.client(Hello).sayHello({ name: "World" })).message);
  await client.close();
  await server.close();
}

main();
