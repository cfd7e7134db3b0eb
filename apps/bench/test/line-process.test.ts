import { expect, test } from "vitest";
import { LineProcess } from "../src/rust/line-process.ts";

function node(program: string): LineProcess {
  return new LineProcess(process.execPath, "-e", program);
}

test("a process answers a line with a line and ends with its input", async () => {
  const program = `
    console.log("ready");
    process.stdin.setEncoding("utf8").on("data", (text) => process.stdout.write("heard " + text));
  `;
  await using child = node(program);
  expect(await child.line()).toBe("ready");
  expect(await child.ask("unary 64 800")).toBe("heard unary 64 800");
  expect(await child.ask("bulk 8 800")).toBe("heard bulk 8 800");
});

test("a process that ends early or does not start is reported as an error", async () => {
  await using child = node("process.exit(3)");
  await expect(child.line()).rejects.toThrow("ended early");
  await expect(child.ask("unary 1 800")).rejects.toThrow("ended early");
  await using missing = new LineProcess("no-such-program-of-the-bench");
  await expect(missing.line()).rejects.toThrow("ENOENT");
});
