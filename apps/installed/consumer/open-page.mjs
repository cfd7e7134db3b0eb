// Usage: node open-page.mjs CHROMIUM SCRIPT. Loads the script in a page and prints the page's
// `summary` as JSON.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const [executablePath, script] = process.argv.slice(2);
const html = '<!doctype html><script type="module" src="/script.js"></script>';

const server = createServer(async ({ url }, response) => {
  const [type, body] =
    url === "/" ? ["text/html", html] : ["text/javascript", await readFile(script)];
  response.writeHead(200, { "content-type": type }).end(body);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const browser = await chromium.launch({ executablePath, args, headless: true });
try {
  const page = await browser.newPage();
  page.on("console", (message) => console.error(message.text()));
  const failed = new Promise((_, reject) => page.on("pageerror", reject));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await Promise.race([failed, page.waitForFunction(() => "summary" in globalThis)]);
  console.log(await page.evaluate(() => JSON.stringify(globalThis.summary)));
} finally {
  await browser.close();
  server.close();
}
