// Dials the address in argv[2] and does what argv[3] names.
import { createNode } from "../../../src/index.ts";
import { call } from "../calls.ts";

const [address = "", scenario] = process.argv.slice(2);
const node = await createNode();

switch (scenario) {
  case "idle": {
    // An idle connection and a finished call: the process ends.
    const connection = await node.connect(address, "echo");
    console.log(await call(connection, new Uint8Array(128)));
    break;
  }
  case "calling": {
    // A call under way: the process ends after its answer.
    const connection = await node.connect(address, "echo");
    void call(connection, new Uint8Array(2_000_000)).then((bytes) => console.log(bytes));
    break;
  }
  case "waiting": {
    // A call without an answer: the process goes on.
    const connection = await node.connect(address, "silent");
    console.log("calling");
    await call(connection, new Uint8Array(1));
    break;
  }
  case "exit": {
    // Exits with a thousand calls under way.
    const connection = await node.connect(address, "silent");
    for (let count = 0; count < 1000; count += 1) {
      call(connection, new Uint8Array(128)).catch(() => {});
    }
    console.log("calling");
    setTimeout(() => process.exit(3), 50);
    break;
  }
}
