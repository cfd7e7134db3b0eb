import { RpcError } from "@aster/rpc";

/** Collects the deviations from the expectations of a row, one line each. */
export class Findings {
  readonly lines: string[] = [];

  /** Adds a line if the two values differ as JSON. */
  same(what: string, found: unknown, wanted: unknown): void {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (a !== b) this.lines.push(`${what} is ${a}, not ${b}`);
  }

  /** Adds a line if the condition does not hold. */
  holds(what: string, condition: boolean): void {
    if (!condition) this.lines.push(`not true: ${what}`);
  }

  /** Adds lines if the work does not fail with this code and at least these details. */
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
