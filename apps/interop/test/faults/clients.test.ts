import { comingAndGoing } from "./clients.ts";

comingAndGoing({ clients: 48, idleMs: 5000 });
