import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { AsterClient, AsterServer, contractIdOf, implement } from "@aster/rpc";
import { MissionControl } from "../services/definitions.ts";
import { MissionControlHandlers } from "../services/mission-control.ts";

const python = process.env.ASTER_PYTHON ?? "python3";
const script = (name: string) => fileURLToPath(new URL(`../../python/${name}`, import.meta.url));
const start = (name: string, ...args: string[]) => {
  const child = spawn(python, [script(name), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
};

if (spawnSync(python, ["-c", "import aster"]).status !== 0) {
  console.log("Python with the package aster-rpc 0.1.2 was not found; install it with pip");
} else {
  // a server in Python, a client in TypeScript
  const host = start("mission_control.py");
  const { value: address } = await host.lines.next();
  {
    await using client = await AsterClient.connect(address as string);
    const mission = client.client(MissionControl);
    const { status } = await mission.getStatus({ agent_id: "edge-node-7" });
    const [offered] = client.services;
    console.log("Python serves TypeScript:", status);
    console.log("one contract id:", offered?.contractId === contractIdOf(MissionControl));
  }
  host.child.stdin.end();
  await once(host.child, "close");

  // a server in TypeScript, a client in Python
  await using server = await AsterServer.start({
    services: [implement(MissionControl, new MissionControlHandlers())],
  });
  const agent = start("agent.py", server.address);
  console.log("TypeScript serves Python:", (await agent.lines.next()).value);
}
