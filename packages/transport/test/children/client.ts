// Dials the address in argv[2] and behaves as argv[3] says.
import { createNode } from "../../src/index.ts";
import { call } from "../calls.ts";

const [address = "", manner] = process.argv.slice(2);
const node = await createNode();

switch (manner) {
  case "idle": {
    // a connection that is open and idle, and a finished call: the program just ends
    const connection = await node.connect(address, "echo");
    console.log(await call(connection, new Uint8Array(128)));
    break;
  }
  case "calling": {
    // the last thing under way is a call: the program ends after its answer
    const connection = await node.connect(address, "echo");
    void call(connection, new Uint8Array(2_000_000)).then((bytes) => console.log(bytes));
    break;
  }
  case "waiting": {
    // a call that nobody answers keeps the program running
    const connection = await node.connect(address, "silent");
    console.log("calling");
    await call(connection, new Uint8Array(1));
    break;
  }

  case "exit": {
    // leaves with a thousand calls under way
    const connection = await node.connect(address, "silent");
    for (let count = 0; count < 1000; count += 1) {
      call(connection, new Uint8Array(128)).catch(() => {});
    }
    console.log("calling");
    setTimeout(() => process.exit(3), 50);
    break;
  }
}
