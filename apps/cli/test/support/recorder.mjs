// Preloaded into a process: at its end it writes the modules that were loaded into the file RECORD.
import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";

const modules = [];
registerHooks({
  load(url, context, next) {
    modules.push(url);
    return next(url, context);
  },
});
process.on("exit", () => {
  const native = process.report.getReport().sharedObjects;
  writeFileSync(process.env.RECORD, JSON.stringify({ modules, native }));
});
