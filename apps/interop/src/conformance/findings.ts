import { RpcError } from "@aster/rpc";

/** Collects what is wrong, one line each. */
export class Findings {
  readonly lines: string[] = [];

  /** Notes two values that are not the same as JSON. */
  same(what: string, found: unknown, wanted: unknown): void {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (a !== b) this.lines.push(`${what} is ${a}, not ${b}`);
  }

  /** Notes what does not hold. */
  holds(what: string, whether: boolean): void {
    if (!whether) this.lines.push(`it does not hold that ${what}`);
  }

  /** Notes work that does not fail with this code; where `details` are given, with these among them. */
  async fails(
    what: string,
    work: () => unknown,
    code: number,
    details: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      const found = RpcError.from(error);
      this.same(`the code of ${what}`, found.code, code);
      for (const [key, value] of Object.entries(details)) {
        this.same(`the detail ${key} of ${what}`, found.details[key], value);
      }
      return;
    }
    this.lines.push(`${what} does not fail`);
  }
}
