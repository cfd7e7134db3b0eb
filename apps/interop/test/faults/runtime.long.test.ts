import { runtimeFaults } from "./runtime.ts";

runtimeFaults({ workers: 80, kills: 100 });
