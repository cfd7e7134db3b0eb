import { runtimeFaults } from "./runtime.ts";

runtimeFaults({ workers: 8, kills: 8 });
