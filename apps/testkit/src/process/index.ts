// Child processes that exchange JSON lines with a test, the testkit among them.
export { Child } from "./child.ts";
export { programArgs, testkitCommand, testkitProgram } from "./testkit-command.ts";
