// The page of `aster console` in Chromium.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { chromium as executablePath } from "../../../installed/test/support/chromium.ts";
import type { RunningConsole } from "./support.ts";

const screenshots = fileURLToPath(new URL("../../../console/.screenshots/", import.meta.url));

/** There is a Chromium on this machine. */
export const hasChromium: boolean = executablePath !== undefined;

/** The time for a page on a busy machine. */
const TIMEOUT_MS = 60_000;

/** Starts the browser. The caller closes it. */
export async function startBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error("no Chromium on the PATH");
  const args = [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ];
  return await chromium.launch({ executablePath, args, timeout: TIMEOUT_MS });
}

/** The page as a user sees it. Its methods are the steps of a user. */
export class ConsolePage implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** The requests that left for other hosts. */
  readonly external: string[] = [];
  /** The errors and warnings of the browser. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(TIMEOUT_MS);
    const note = (url: string): void => {
      if (!url.replace(/^ws:/, "http:").startsWith(origin)) this.external.push(url);
    };
    page.on("request", (request) => note(request.url()));
    page.on("websocket", (socket) => note(socket.url()));
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
  }

  /** Opens the link of a console in a context of its own. */
  static async open(browser: Browser, { url, origin }: RunningConsole): Promise<ConsolePage> {
    const context = await browser.newContext({
      permissions: ["clipboard-read", "clipboard-write"],
      viewport: { width: 1280, height: 800 },
    });
    const opened = new ConsolePage(context, await context.newPage(), origin);
    await opened.page.goto(url, { timeout: TIMEOUT_MS });
    return opened;
  }

  method(service: string, method: string): Locator {
    return this.page.locator(`a.method[href="#/method/${service}/${method}"]`);
  }

  async choose(service: string, method: string): Promise<void> {
    await this.method(service, method).click();
    await this.page.getByRole("heading", { name: `${service}.${method}` }).waitFor();
  }

  async fill(label: string, text: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole("button", { name: button, exact: true }).click();
  }

  async view(name: "Explore" | "History" | "Activity"): Promise<void> {
    await this.page.getByRole("link", { name }).click();
  }

  get result(): Locator {
    return this.page.getByLabel("Result");
  }

  /** The lines of a stream that are shown, the latest first. */
  get replies(): Locator {
    return this.result.locator(".replies li");
  }

  async replyCount(): Promise<number> {
    return Number.parseInt((await this.result.locator("output").textContent()) ?? "", 10);
  }

  async clipboard(): Promise<string> {
    return await this.page.evaluate("navigator.clipboard.readText()");
  }

  /** Keeps pictures of the page on a desk and on a phone, in light and in dark. */
  async keepScreenshots(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    for (const colorScheme of ["light", "dark"] as const) {
      for (const [width, height] of [
        [1280, 800],
        [390, 844],
      ] as const) {
        await this.page.setViewportSize({ width, height });
        await this.page.emulateMedia({ colorScheme });
        await this.page.screenshot({ path: `${screenshots}${name}-${width}-${colorScheme}.png` });
      }
    }
    await this.page.setViewportSize({ width: 1280, height: 800 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}
