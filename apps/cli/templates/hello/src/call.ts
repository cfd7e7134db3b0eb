// npm run call -- ADDRESS [NAME]: calls a server.
import { AsterClient } from "@aster/rpc";
import { Greeter } from "./greeter.ts";

const [address, name = "World"] = process.argv.slice(2);
const client = await AsterClient.connect(address);
try {
  const { message } = await client.client(Greeter).sayHello({ name });
  console.log(message);
} finally {
  await client.close();
}
