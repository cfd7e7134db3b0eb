import { comingAndGoing } from "./clients.ts";

comingAndGoing({ clients: 1000, idleMs: 15_000 });
