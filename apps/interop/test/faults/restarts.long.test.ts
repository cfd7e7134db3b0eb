import { restartFaults } from "./restarts.ts";

restartFaults({ goneMs: [0, 8000, 14_000, 21_000, 30_000], loops: 20 });
