// npm start                        starts a server and a client, each in its own process
// npm start -- serve               starts only the server, until Ctrl-C
// npm start -- call ADDRESS [NAME] calls a running server
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { contractIdOf, RpcError } from "@aster/rpc";
import { greet } from "./call.ts";
import { Greeter } from "./greeter.ts";
import { startGreeter } from "./serve.ts";

const [command = "demo", ...args] = process.argv.slice(2);

async function serve(): Promise<void> {
  await using server = await startGreeter();
  console.log(`address      ${server.address}`);
  console.log(`contract id  ${contractIdOf(Greeter)}`);
  process.send?.({ address: server.address });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "disconnect"])
    process.once(signal, () => stop.abort());
  if (process.send === undefined) console.log("\nwaiting for calls; Ctrl-C ends");
  await once(stop.signal, "abort");
}

async function call(address: string, name: string): Promise<void> {
  const { message, callMs, totalMs } = await greet(address, name);
  console.log(message);
  console.log(
    `the call took ${callMs.toFixed(2)} ms; dialling, admission and the first call ${totalMs.toFixed(0)} ms`,
  );
}

async function demo(): Promise<void> {
  const self = fileURLToPath(import.meta.url);
  const server = fork(self, ["serve"]);
  const [{ address }] = (await once(server, "message")) as [{ address: string }];
  const client = fork(self, ["call", address, "World"]);
  const [code] = (await once(client, "exit")) as [number | null];
  server.disconnect();
  await once(server, "exit");
  process.exitCode = code ?? 1;
}

async function run(): Promise<void> {
  const [address, name = "World"] = args;
  if (command === "demo" && args.length === 0) return demo();
  if (command === "serve" && args.length === 0) return serve();
  if (command === "call" && address !== undefined && args.length <= 2) return call(address, name);
  console.error("usage: npm start [-- serve | call ADDRESS [NAME]]");
  process.exitCode = 2;
}

try {
  await run();
} catch (error) {
  if (!(error instanceof RpcError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
