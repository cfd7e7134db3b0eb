// npm run keys [FOLDER]: makes the root key and the identities that do not exist yet.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { generateRootKeypair, ROLE_ATTRIBUTE, signCredential } from "@aster/trust";
import {
  newIdentity,
  readRootKey,
  withIdentityPeer,
  writeIdentity,
  writeRootKey,
} from "@aster/trust/files";

/** The clients, with their roles. */
const CLIENTS = { client: "read", operator: "read,operate" };

/** Makes what the folder lacks. */
export async function makeKeys(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const rootFile = join(folder, "root.key");
  if (!existsSync(rootFile)) await writeRootKey(rootFile, await generateRootKeypair());
  const root = await readRootKey(rootFile);
  // the key of a server keeps its address; it needs no credential to be called
  await save(join(folder, "server.identity"), newIdentity());
  for (const [name, roles] of Object.entries(CLIENTS)) {
    const identity = newIdentity();
    const { endpointId } = identity;
    const attributes = { [ROLE_ATTRIBUTE]: roles };
    const credential = await signCredential(root.secretKey, { attributes, endpointId });
    const entry = withIdentityPeer(identity, { name, role: "consumer", credential });
    await save(join(folder, `${name}.identity`), entry);
  }
}

async function save(file: string, identity: Parameters<typeof writeIdentity>[1]): Promise<void> {
  if (!existsSync(file)) await writeIdentity(file, identity);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [folder = "keys"] = process.argv.slice(2);
  await makeKeys(folder);
  console.error(`the keys are in ${folder}`);
}
