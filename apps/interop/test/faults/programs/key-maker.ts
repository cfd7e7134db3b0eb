// Creates one key file after another in the folder argv[2], and replaces one identity file there,
// until it is killed.
import { join } from "node:path";
import { newIdentity, writeIdentity } from "@aster/trust/files";
import { secretKeyIn } from "@aster-apps/testkit";

const [folder = ""] = process.argv.slice(2);
const identity = join(folder, `identity-${process.pid}`);
process.stdout.write(`${JSON.stringify({ making: true })}\n`);
for (let number = 0; ; number += 1) {
  await secretKeyIn(join(folder, `key-${process.pid}-${number}`));
  await writeIdentity(identity, newIdentity(), { replace: true });
}
