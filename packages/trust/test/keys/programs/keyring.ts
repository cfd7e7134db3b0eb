// Stores, reads or removes a root key in the keyring of the system, and prints the result.
import { rootKeyring } from "../../../src/files.ts";
import { rootKeypairOf } from "../../../src/index.ts";

const [action, byte = "7"] = process.argv.slice(2);
const keyring = rootKeyring({ profile: "test" });

async function result(): Promise<unknown> {
  if (action === "store") {
    return keyring.store(rootKeypairOf(new Uint8Array(32).fill(Number(byte)))).then(() => "stored");
  }
  if (action === "remove") return keyring.remove();
  return (await keyring.read())?.publicKey ?? "none";
}

try {
  process.stdout.write(`${await result()}\n`);
} catch (error) {
  process.stdout.write(`${(error as { readonly code?: string }).code}\n`);
}
