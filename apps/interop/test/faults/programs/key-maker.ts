// Creates one secret key file after another in the folder argv[2], until it is killed.
import { join } from "node:path";
import { secretKeyIn } from "@aster-apps/testkit";

const [folder = ""] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify({ making: true })}\n`);
for (let number = 0; ; number += 1) {
  await secretKeyIn(join(folder, `key-${process.pid}-${number}`));
}
