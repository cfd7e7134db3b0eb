// The page of `aster console` in a real browser.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { AsterServer } from "@aster/rpc";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyPlace, placeOfModules } from "../support/aster.ts";
import { mainModule } from "../support/process.ts";
import { startExamples } from "../support/server.ts";
import { ConsolePage, hasChromium, startBrowser } from "./console-page.ts";
import { builtPage, startConsole } from "./support.ts";

const isSkipped = !hasChromium && !process.env.CI;
if (isSkipped) {
  console.log(
    'the console in a browser: not tested: install Chromium ("apt-get install chromium"), or put one on the PATH',
  );
}

describe.skipIf(isSkipped)("in Chromium", () => {
  let server: AsterServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startExamples({ healthPort: 0 });
    await builtPage();
    browser = await startBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function opened(args: readonly string[] = []) {
    const place = await emptyPlace();
    const running = await startConsole(place, [server.address, ...args]);
    const console = await ConsolePage.open(browser, running);
    return {
      console,
      running,
      async [Symbol.asyncDispose]() {
        await console[Symbol.asyncDispose]();
        await running.stop();
        await place[Symbol.asyncDispose]();
      },
    };
  }

  test("a call shows its reply as text, and nothing leaves the machine", async () => {
    await using session = await opened();
    const { console: page, running } = session;
    expect(page.page.url()).toBe(`${running.origin}/`);
    await page.choose("Greeter", "sayHello");
    const markup = '<img src="https://evil.example/x" onerror="alert(1)"><b>Ada</b>';
    await page.fill("name", markup);
    await page.press("Call");
    await expect.poll(() => page.result.textContent()).toContain("<b>Ada</b>!");
    expect(await page.result.locator("img, b").count()).toBe(0);
    await page.keepScreenshots("call");
    await page.fill("name", "ghost");
    await page.press("Call");
    await expect.poll(() => page.result.textContent()).toContain("greeter/Unknown");
    // reloading keeps the access
    await page.page.reload();
    await page.method("Greeter", "sayHello").waitFor();
    expect([page.external, page.complaints]).toEqual([[], []]);
  }, 240_000);

  test("a stream is paused, filtered, exported and stopped", async () => {
    await using session = await opened();
    const { console: page } = session;
    await page.choose("Greeter", "countdown");
    await page.fill("start", "no number");
    await page.press("Call");
    await expect.poll(() => page.page.textContent("form")).toContain("is not an integer");
    await page.fill("start", "100000000");
    await page.press("Call");
    await expect.poll(() => page.replyCount()).toBeGreaterThan(5);
    await page.press("Pause");
    await page.result.getByText("paused").waitFor();
    // what was on its way has arrived when a later call was answered
    await page.choose("Greeter", "sayHello");
    await page.press("Call");
    await page.result.getByText("OK").waitFor();
    await page.choose("Greeter", "countdown");
    const paused = await page.replyCount();
    await page.keepScreenshots("stream");
    expect(await page.replyCount()).toBe(paused);
    await page.fill("Filter", `${100_000_000 - 2}}`);
    await expect.poll(() => page.replies.count()).toBe(1);
    const download = page.page.waitForEvent("download");
    await page.press("Export");
    const file = await (await download).path();
    expect(await readFile(file, "utf8")).toBe('{"left":99999998}\n');
    await page.fill("Filter", "");
    await page.press("Resume");
    await expect.poll(() => page.replyCount()).toBeGreaterThan(paused);
    await page.press("Stop");
    await page.result.getByText("CANCELLED").first().waitFor();
    expect([page.external, page.complaints]).toEqual([[], []]);
  }, 240_000);

  test("requests are sent one by one, and calls of a session share its state", async () => {
    await using session = await opened();
    const { console: page } = session;
    await page.choose("Greeter", "add");
    await page.press("Call");
    for (const left of ["2", "3"]) {
      await page.fill("left", left);
      await page.press("Send");
    }
    await page.press("Stop");
    await expect.poll(() => page.result.textContent()).toContain('"steps": 5');
    for (const [method, steps] of [
      ["add", 4],
      ["add", 8],
    ] as const) {
      await page.choose("Counter", method);
      await page.fill("left", "4");
      await page.press("Call");
      await expect.poll(() => page.result.textContent()).toContain(`"steps": ${steps}`);
    }
    await page.choose("Counter", "each");
    await page.fill("left", "1");
    await page.press("Send");
    await expect.poll(() => page.replies.first().textContent()).toContain('{"steps":9}');
    await page.keepScreenshots("session");
    await page.press("Close");
    await expect.poll(() => page.page.getByText("Counter #1").count()).toBe(0);
    await page.result.getByText("CANCELLED").first().waitFor();
  }, 240_000);

  test("the history copies calls as commands and programs that run", async () => {
    await using session = await opened();
    const { console: page } = session;
    await page.choose("Greeter", "countdown");
    await page.fill("start", "2");
    await page.press("Call");
    await page.result.getByText("OK").waitFor();
    await page.view("History");
    await page.keepScreenshots("history");
    await using place = await placeOfModules();
    const tsx = import.meta.resolve("tsx");
    const env = { ...process.env, HOME: place.home, ASTER_RELAY_MODE: "disabled" };
    const run = promisify(execFile);
    await page.press("Copy as TypeScript");
    await writeFile(place.file("copied.ts"), await page.clipboard());
    const program = ["--import", tsx, "copied.ts"];
    const ran = await run(process.execPath, program, { cwd: place.path, env });
    expect(ran.stdout).toBe("{ left: 2 }\n{ left: 1 }\n{ left: 0 }\n");
    await page.press("Copy as command");
    const aster = `aster() { '${process.execPath}' --import '${tsx}' '${mainModule}' "$@"; }`;
    const line = `${aster}; ${await page.clipboard()}`;
    const called = await run("sh", ["-c", line], { cwd: place.path, env });
    expect(called.stdout).toBe('{"left":2}\n{"left":1}\n{"left":0}\n');
    await page.press("Edit");
    expect(await page.page.getByLabel("start").inputValue()).toBe("2");
  }, 240_000);

  test("keys find a method, fill its form and call it", async () => {
    await using session = await opened();
    const { page } = session.console;
    await session.console.method("Greeter", "sayHello").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("sayh");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Greeter.sayHello" }).waitFor();
    await page.getByLabel("name").focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Keys");
    await page.keyboard.press("Enter");
    await expect.poll(() => session.console.result.textContent()).toContain("Hello, Keys!");
  }, 240_000);

  test("charts show the calls of the page and of the peer", async () => {
    await using session = await opened(["--metrics", `http://127.0.0.1:${server.healthPort}`]);
    const { console: page } = session;
    await page.choose("Greeter", "sayHello");
    await page.press("Call");
    await page.result.getByText("OK").waitFor();
    await page.view("Activity");
    await expect.poll(() => page.page.locator(".figures").textContent()).toMatch(/total\s*[1-9]/);
    await expect.poll(() => page.page.locator("canvas").count()).toBe(3);
    await page.press("This page");
    await expect.poll(() => page.page.locator("canvas").count()).toBe(4);
    await page.keepScreenshots("activity");
    expect([page.external, page.complaints]).toEqual([[], []]);
  }, 240_000);

  test("a page without its command says so", async () => {
    await using session = await opened();
    await session.console.method("Greeter", "sayHello").waitFor();
    await session.running.stop();
    await session.console.page.getByText("The command has ended").waitFor();
  }, 240_000);
});
