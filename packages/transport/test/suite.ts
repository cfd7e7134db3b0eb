import { afterEach, beforeEach, describe } from "vitest";
import type { MakePair, Pair } from "./pair.ts";
import { connectionTests } from "./suite/connections.ts";
import { endingTests } from "./suite/endings.ts";
import { flowTests } from "./suite/flow.ts";
import { frameTests } from "./suite/frames.ts";
import { rawTests } from "./suite/raw.ts";

/** What every transport owes its users; `makePair` is called for each test, and what it gave is closed after it. */
export function transportSuite(name: string, makePair: MakePair): void {
  describe(name, () => {
    let made: Pair;
    beforeEach(async () => {
      made = await makePair();
    });
    afterEach(() => made.close());

    const pair = (): Pair => made;
    describe("frames", () => frameTests(pair));
    describe("flow control", () => flowTests(pair));
    describe("endings", () => endingTests(pair));
    describe("raw channels", () => rawTests(pair));
    describe("connections", () => connectionTests(pair));
  });
}
