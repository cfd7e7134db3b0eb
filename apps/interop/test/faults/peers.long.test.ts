import { peerFaults } from "./peers.ts";

peerFaults({ idleMs: 30_000, pauseMs: 3000, stopMs: 60_000 });
