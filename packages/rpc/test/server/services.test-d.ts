import { AsterServer, type AsterServerOptions } from "@aster/rpc";
import { test } from "vitest";
import { Probe, probe } from "../support/probe.ts";
import { Tally } from "../support/session-probe.ts";

class Plain {
  readonly #text = "plain";
  async echo(request: { text: string }): Promise<{ text: string }> {
    return { text: request.text || this.#text };
  }
}

class Counter {
  readonly peer: string;
  constructor(peer: string) {
    this.peer = peer;
  }
  add(): { text: string } {
    return { text: this.peer };
  }
}

test("services of a server are instances, classes and implementations", () => {
  const start = async () => {
    await AsterServer.start({ services: [new Plain(), Counter, probe()] });
    await AsterServer.start({ services: [] });
    const options: AsterServerOptions = { services: [probe()] };
    await AsterServer.start(options);
    await AsterServer.start({ ...options, network: "none" });
    const services = [probe(), new Plain()];
    await AsterServer.start({ services });
    const anything: object[] = services;
    await AsterServer.start({ services: anything });
    // @ts-expect-error a definition has no handlers
    await AsterServer.start({ services: [Probe] });
    // @ts-expect-error a definition of sessions has no handlers
    await AsterServer.start({ services: [probe(), Tally] });
    // @ts-expect-error an empty object is not a service
    await AsterServer.start({ services: [{}] });
    // @ts-expect-error a date is not a service
    await AsterServer.start({ services: [new Date()] });
    // @ts-expect-error text is not a service
    await AsterServer.start({ services: ["Probe"] });
  };
  void start;
});
