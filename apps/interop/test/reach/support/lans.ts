import { fileURLToPath } from "node:url";
import { Child } from "@aster-apps/testkit/process";
import { AskedChild, type NetworkAnswer } from "../../network/support/asked-child.ts";

const program = fileURLToPath(new URL("../../../network/lan.py", import.meta.url));

/** The networks of each host, by their names. The first one has its default route. */
export type Wiring = Readonly<Record<string, readonly string[]>>;

/** The kept packets, and how many of them contain each text. */
export interface Findings {
  readonly packets: number;
  readonly bytes: number;
  readonly found: readonly number[];
}

interface Ready {
  readonly hosts: Readonly<
    Record<
      string,
      { readonly namespace: string; readonly addresses: Readonly<Record<string, string>> }
    >
  >;
}

interface Answer extends NetworkAnswer, Partial<Findings> {}

/** Hosts on local networks (network/lan.py). They disappear when this is disposed of. */
export class Lans implements AsyncDisposable {
  readonly #program: AskedChild;
  readonly #hosts: Ready["hosts"];

  private constructor(child: Child, { hosts }: Ready) {
    this.#program = new AskedChild(child);
    this.#hosts = hosts;
  }

  static async open(wiring: Wiring): Promise<Lans> {
    const child = start(wiring);
    const first = await child.line(isFirst);
    if ("unavailable" in first) throw new Error(first.unavailable);
    return new Lans(child, first);
  }

  /** Returns the reason for which this machine cannot have such networks, if there is one. */
  static async missing(): Promise<string | undefined> {
    await using child = start({ one: ["lan"] });
    // rejects when the program ends without a line, for example without Python
    const first = await child.line(isFirst).catch(() => {
      const [why = "lan.py does not start"] = child.errors.trim().split("\n").slice(-1);
      return { unavailable: `no Python 3 for network/lan.py: ${why}` };
    });
    return "unavailable" in first ? first.unavailable : undefined;
  }

  /** The address of a host in a network. */
  address(host: string, lan: string): string {
    const address = this.#hosts[host]?.addresses[lan];
    if (address === undefined) throw new Error(`${host} is not in ${lan}`);
    return address;
  }

  /** Runs a program on a host. */
  run(host: string, command: string, ...args: readonly string[]): Child {
    const namespace = this.#hosts[host]?.namespace;
    const environment = { ASTER_RELAY_MODE: "" };
    return new Child("nsenter", [`--net=${namespace}`, command, ...args], environment);
  }

  /** Runs ip(8) on a host. */
  async ip(host: string, ...args: readonly string[]): Promise<void> {
    await this.#program.ask({ ip: [host, ...args] });
  }

  /** Makes a host pass packets on between its networks, or not. */
  async forward(host: string, on: boolean): Promise<void> {
    await this.#program.ask({ forward: [host, on] });
  }

  /** Plugs the wire of a host into another network. The host does not notice. */
  async plug(host: string, lan: string, into: string): Promise<void> {
    await this.#program.ask({ plug: [host, lan, into] });
  }

  /** Keeps all packets of all networks from now on. */
  async capture(): Promise<void> {
    await this.#program.ask({ capture: true });
  }

  /** Counts the kept packets that contain each text. */
  async find(texts: readonly string[]): Promise<Findings> {
    const needles = texts.map((text) => Buffer.from(text).toString("base64"));
    const {
      packets = 0,
      bytes = 0,
      found = [],
    } = await this.#program.ask<Answer>({ find: needles });
    return { packets, bytes, found };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program[Symbol.asyncDispose]();
  }
}

function start(wiring: Wiring): Child {
  const hosts = Object.entries(wiring).map(([host, lans]) => `${host}=${lans.join(",")}`);
  return new Child("python3", ["-B", program, ...hosts]);
}

function isFirst(value: unknown): value is Ready | { unavailable: string } {
  return "ready" in (value as object) || "unavailable" in (value as object);
}
