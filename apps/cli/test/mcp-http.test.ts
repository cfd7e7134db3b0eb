// `aster mcp --http`: who may use it, and the clients of both protocols.
import { readFile, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import type { AsterServer } from "@aster/rpc";
import { type Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgentOptions, agentClient, callTool } from "./support/agent.ts";
import { emptyPlace, type Place, type Ran } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";

let server: AsterServer;
beforeAll(async () => {
  server = await startExamples();
});
afterAll(() => server.close());

interface Serving extends AsyncDisposable {
  readonly url: string;
  readonly token: string | undefined;
  /** Interrupts the command. */
  stop(): Promise<Ran>;
}

async function serve(place: Place, more: readonly string[] = []): Promise<Serving> {
  const interruption = new AbortController();
  let running: Promise<Ran> | undefined;
  const printed = await new Promise<string>((resolve, reject) => {
    running = place.aster(["mcp", server.address, "--http", "--json", ...more], {
      interrupted: interruption.signal,
      onOutput: resolve,
    });
    running.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  const stop = async (): Promise<Ran> => {
    interruption.abort();
    return (await running) as Ran;
  };
  const { url, token } = JSON.parse(printed) as { url: string; token?: string };
  return { url, token, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

async function connected(
  { url }: Serving,
  token: string | undefined,
  options: AgentOptions,
): Promise<Client> {
  const client = agentClient(options);
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
  );
  return client;
}

/** The status of a request with these headers. */
function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject).end("{}");
  });
}

test.each([{ modern: false }, { modern: true }])(
  "a client calls tools, keeps a session and is asked, %o",
  async ({ modern }) => {
    await using place = await emptyPlace();
    await using serving = await serve(place, ["--confirm", "Greeter.*"]);
    const asked: string[] = [];
    const user = (message: string) => {
      asked.push(message);
      return "accept" as const;
    };
    const client = await connected(serving, serving.token, { modern, user });
    expect((await client.listTools()).tools).toHaveLength(9);
    expect(await callTool(client, "Greeter_sayHello", { name: "Ada" })).toMatchObject({
      letter_count: 3,
    });
    expect(asked).toHaveLength(1);
    const session = (await callTool(client, "Counter_open")) as Record<string, unknown>;
    expect(await callTool(client, "Counter_add", { ...session, left: 2 })).toEqual({ steps: 2 });
    expect(await callTool(client, "Counter_add", { ...session, left: 2 })).toEqual({ steps: 4 });
    await client.close();
  },
  60_000,
);

test("requests without the token, or of another host or origin, are refused", async () => {
  await using place = await emptyPlace();
  await using serving = await serve(place);
  const { url, token } = serving;
  const headers = { "content-type": "application/json", accept: "application/json" };
  const authorization = `Bearer ${token}`;
  expect(await statusOf(url, headers)).toBe(401);
  expect(await statusOf(url, { ...headers, authorization: "Bearer wrong" })).toBe(401);
  expect(await statusOf(url, { ...headers, authorization, host: "evil.example" })).toBe(403);
  const origin = "https://evil.example";
  expect(await statusOf(url, { ...headers, authorization, origin })).toBe(403);
  expect(await statusOf(`${url}/other`, { ...headers, authorization })).toBe(404);
  const session = { "mcp-session-id": "none" };
  expect(await statusOf(url, { ...headers, authorization, ...session })).toBe(404);
  await expect(connected(serving, "wrong", {})).rejects.toThrow();
}, 60_000);

test("a token file is made once, and its token stays out of the output", async () => {
  await using place = await emptyPlace();
  const file = place.file("mcp.token");
  for (let start = 0; start < 2; start++) {
    await using serving = await serve(place, ["--token-file", "mcp.token"]);
    const token = (await readFile(file, "utf8")).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const client = await connected(serving, token, {});
    expect(await callTool(client, "Greeter_sayHello")).toMatchObject({ letter_count: 5 });
    await client.close();
    const { code, stdout, stderr } = await serving.stop();
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(token);
  }
  await writeFile(file, "short\n");
  const args = ["mcp", server.address, "--http", "--token-file", "mcp.token"];
  expect((await place.aster(args)).code).toBe(2);
}, 60_000);
