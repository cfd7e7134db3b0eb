// A reporter of vitest: prints each test that failed at first and passed when it was repeated.
const mark = "flaky: ";

/** Prints one line per flaky test: its file, its name and the first line of the error. */
export default class FlakyReporter {
  onTestRunEnd(modules) {
    for (const { children, relativeModuleId: file } of modules) {
      for (const test of children.allTests("passed")) {
        if (!test.diagnostic()?.flaky) continue;
        const [error] = test.result().errors ?? [];
        const [reason = ""] = (error?.message ?? "no message").split("\n");
        process.stdout.write(`${mark}${file} > ${test.fullName} (${reason})\n`);
      }
    }
  }
}

/** Returns the lines of an output that this reporter has printed. */
export function flakyLines(output) {
  return output.split("\n").filter((line) => line.startsWith(mark));
}
