// Moves the wall clock of a process: by ASTER_TEST_SKEW_MS, and back by an hour on SIGUSR2.
import process from "node:process";

const HOUR_MS = 3_600_000;
const wall = Date.now;
let skewMs = Number(process.env.ASTER_TEST_SKEW_MS ?? "0");

Date.now = () => wall() + skewMs;
process.on("SIGUSR2", () => {
  skewMs -= HOUR_MS;
});
