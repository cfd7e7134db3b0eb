// `aster console`: who gets the page and its bridge.
import { request } from "node:http";
import type { AsterServer } from "@aster/rpc";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { emptyPlace } from "../support/aster.ts";
import { startExamples } from "../support/server.ts";
import { builtPage, type RunningConsole, startConsole } from "./support.ts";

let server: AsterServer;
beforeAll(async () => {
  server = await startExamples();
  await builtPage();
}, 240_000);
afterAll(() => server.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

function get(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body }),
      );
    });
    sent.on("error", reject).end();
  });
}

/** Uses the token. Returns the headers of further requests. */
async function signIn({ url }: RunningConsole): Promise<Record<string, string>> {
  const { headers } = await get(url);
  const [cookie = ""] = headers["set-cookie"] as string[];
  return { cookie: cookie.split(";")[0] ?? "" };
}

/** The status with which the upgrade was refused, 101 if it was not. */
function upgrade(origin: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/bridge`, { headers });
    socket.on("open", () => {
      socket.terminate();
      resolve(101);
    });
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode));
    socket.on("error", () => {});
  });
}

test("the token is used once, and the page lives from its cookie", async () => {
  await using place = await emptyPlace();
  await using running = await startConsole(place, [server.address]);
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const first = await get(running.url);
  expect(first.status).toBe(200);
  expect(first.headers["content-type"]).toContain("text/html");
  const [cookie = ""] = first.headers["set-cookie"] as string[];
  expect(cookie).toMatch(/^aster-console-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  expect((await get(running.url)).status).toBe(401);
  const headers = { cookie: `other=1; ${cookie.split(";")[0]}` };
  expect((await get(`${running.origin}/`, headers)).status).toBe(200);
  const [script = ""] = /\/index-[\w-]+\.js/.exec(first.body) ?? [];
  const loaded = await get(`${running.origin}${script}`, headers);
  expect([loaded.status, loaded.headers["content-type"]]).toEqual([
    200,
    "text/javascript; charset=utf-8",
  ]);
  expect((await get(`${running.origin}/../package.json`, headers)).status).toBe(404);
  expect((await get(`${running.origin}/`, headers, "POST")).status).toBe(405);
  const { code, stderr } = await running.stop();
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("token=")]);
}, 60_000);

test("forged hosts and origins, and requests without the token, are refused", async () => {
  await using place = await emptyPlace();
  await using running = await startConsole(place, [server.address]);
  const { origin, url } = running;
  const evil = "https://evil.example";
  expect((await get(`${origin}/`)).status).toBe(401);
  expect((await get(`${origin}/?token=wrong`)).status).toBe(401);
  expect((await get(url, { host: "evil.example" })).status).toBe(403);
  expect((await get(url, { origin: evil })).status).toBe(403);
  expect((await get(url, {}, "HEAD")).status).toBe(401);
  // none of these used the token
  const headers = await signIn(running);
  expect((await get(`${origin}/`, { ...headers, host: "evil.example" })).status).toBe(403);
  expect((await get(`${origin}/`, { ...headers, origin: evil })).status).toBe(403);
  expect(await upgrade(origin, { ...headers })).toBe(403);
  expect(await upgrade(origin, { origin })).toBe(401);
  expect(await upgrade(origin, { ...headers, origin: evil })).toBe(403);
  expect(await upgrade(origin, { ...headers, origin, host: "evil.example" })).toBe(403);
  expect(await upgrade(origin, { ...headers, origin })).toBe(101);
}, 60_000);

test("every answer forbids frames, other sources and other sites", async () => {
  await using place = await emptyPlace();
  await using running = await startConsole(place, [server.address]);
  for (const url of [`${running.origin}/`, running.url]) {
    const { headers } = await get(url);
    expect(headers["content-security-policy"]).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers).toMatchObject({
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cache-control": "no-store",
    });
  }
}, 60_000);

test("wrong options end with 2, a peer that cannot be reached with 4", async () => {
  await using place = await emptyPlace();
  expect((await place.aster(["console", "--port", "70000"])).code).toBe(2);
  expect((await place.aster(["console", "--metrics", "ftp://a"])).code).toBe(2);
  const gone = await startExamples();
  const { address } = gone;
  await gone.close();
  expect((await place.aster(["console", address, "--timeout", "0.5"])).code).toBe(4);
}, 60_000);
