// npm start: serves until Ctrl-C.
import { existsSync } from "node:fs";
import { startServer } from "./server.ts";

if (!existsSync("keys/root.pub")) {
  console.error("there are no keys; make them with: npm run keys");
  process.exit(2);
}
const server = await startServer("keys", { onDenied: (denial) => console.error("denied", denial) });
console.log(server.address);
console.error(`registry ${server.registry.namespace}@${server.address}`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void server.drain());
