// npm start: serves until Ctrl-C.
import { startServer } from "./server.ts";

const server = await startServer();
console.log(server.address);
console.error(`call it with: npm run call -- ${server.address} World`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void server.drain());
