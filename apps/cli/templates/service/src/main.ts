// npm start: serves until Ctrl-C.
import { startServer } from "./services.ts";

const { PORT_OF_HEALTH: port } = process.env;
const server = await startServer(port === undefined ? {} : { healthPort: Number(port) });
console.log(server.address);
console.error("serves Room and Member until Ctrl-C");
// running calls have time to end
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void server.drain());
