import type { Load, Yield } from "../load.ts";
import type { Question, Report } from "./message.ts";

export function tell(report: Report): void {
  process.send?.(report);
}

function residentBytesAfterGc(): number {
  // the second run frees what finalizers of the first run released
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

async function answer(question: Question, run: (load: Load) => Promise<Yield>): Promise<Report> {
  switch (question.ask) {
    case "cpu": {
      const { user, system } = process.cpuUsage();
      return { say: "cpu", userMicros: user, systemMicros: system };
    }
    case "memory":
      return { say: "memory", residentBytes: residentBytesAfterGc() };
    case "contractId":
      throw new Error("a process of its own measures contract ids");
    case "load":
      return { say: "yield", yield: await run(question.load) };
  }
}

/** Answers the questions of the harness until it disconnects, which ends the process. */
export function answerQuestions(run: (load: Load) => Promise<Yield>): void {
  process.on("message", (question: Question) => {
    answer(question, run)
      .catch((reason: unknown): Report => ({ say: "failed", reason: String(reason) }))
      .then(tell);
  });
  process.on("disconnect", () => process.exit());
}
