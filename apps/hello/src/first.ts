import { AsterClient, AsterServer, type Infer, rpc, service, wireType } from "@aster/rpc";
import { z } from "zod";

const HelloRequest = wireType("hello/HelloRequest", { name: z.string().default("") });
const HelloReply = wireType("hello/HelloReply", { message: z.string() });

@service("Hello")
class Hello {
  @rpc(HelloRequest, HelloReply)
  async sayHello({ name }: Infer<typeof HelloRequest>): Promise<Infer<typeof HelloReply>> {
    return { message: `Hello, ${name}!` };
  }
}

await using server = await AsterServer.start({ services: [new Hello()] });
await using client = await AsterClient.connect(server.address);

const hello = client.client(Hello);
console.log((await hello.sayHello({ name: "World" })).message);
