import { runtimeFaults } from "./runtime.ts";

runtimeFaults({ workers: 4, kills: 8 });
