import { AsterClient, AsterServer, type Infer, rpc, service, wireType } from "@aster/rpc";
import { z } from "zod";

const Add = wireType("counter/Add", { n: z.int() });
const Total = wireType("counter/Total", { total: z.int() });

@service({ scoped: "session" })
class Counter {
  readonly peer: string;
  #total = 0;

  constructor(peer: string) {
    this.peer = peer;
  }

  @rpc(Add, Total)
  async add({ n }: Infer<typeof Add>) {
    this.#total += n;
    return { total: this.#total };
  }

  onSessionClose() {
    // the session is over, whatever ended it
  }
}

await using server = await AsterServer.start({ services: [Counter] });
await using client = await AsterClient.connect(server.address);
await using mine = await client.session(Counter);
await using yours = await client.session(Counter);

await mine.add({ n: 2 });
console.log((await mine.add({ n: 3 })).total); // 5
console.log((await yours.add({ n: 1 })).total); // 1
