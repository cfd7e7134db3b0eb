import { restartFaults } from "./restarts.ts";

restartFaults({ goneMs: [0, 4000], loops: 2 });
