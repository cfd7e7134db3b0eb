import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "@aster-apps/testkit/process";

/** One of the two hosts of a {@link ShapedNetwork}. */
export class Host {
  readonly address: string;
  readonly #namespace: string;
  readonly #ip: (args: readonly string[]) => Promise<void>;

  constructor(namespace: string, address: string, ip: (args: readonly string[]) => Promise<void>) {
    this.#namespace = namespace;
    this.address = address;
    this.#ip = ip;
  }

  /** Runs a program on the host. Its process id is that of the child. */
  run(command: string, ...args: readonly string[]): Child {
    return new Child("nsenter", [`--net=${this.#namespace}`, command, ...args]);
  }

  /** Takes the interface down. */
  async unplug(): Promise<void> {
    await this.#ip(["link", "set", "wire", "down"]);
  }

  /** Takes the interface up again. */
  async plug(): Promise<void> {
    await this.#ip(["link", "set", "wire", "up"]);
    await this.#ip(["route", "add", "default", "dev", "wire"]);
  }

  /**
   * Moves to another address, after having both for a while. Then packets to the old address are
   * lost.
   */
  async move(from: string, to: string, bothMs = 0): Promise<void> {
    await this.#ip(["address", "add", `${to}/24`, "dev", "wire"]);
    await sleep(bothMs);
    await this.#ip(["address", "del", `${from}/24`, "dev", "wire"]);
  }

  async setMtu(bytes: number): Promise<void> {
    await this.#ip(["link", "set", "wire", "mtu", String(bytes)]);
  }
}
