import { afterEach, beforeEach, describe } from "vitest";
import type { NodePair } from "../src/testing.ts";
import { backlogTests } from "./suite/backlog.ts";
import { connectionTests } from "./suite/connections.ts";
import { endingTests } from "./suite/endings.ts";
import { flowTests } from "./suite/flow.ts";
import { frameTests } from "./suite/frames.ts";
import { rawTests } from "./suite/raw.ts";

/** What every transport owes its users; `makePair` is called for each test, and what it gave is closed after it. */
export function transportSuite(name: string, makePair: () => Promise<NodePair>): void {
  describe(name, () => {
    let made: NodePair;
    beforeEach(async () => {
      made = await makePair();
    });
    afterEach(() => made[Symbol.asyncDispose]());

    const pair = (): NodePair => made;
    describe("frames", () => frameTests(pair));
    describe("flow control", () => flowTests(pair));
    describe("endings", () => endingTests(pair));
    describe("raw channels", () => rawTests(pair));
    describe("connections", () => connectionTests(pair));
    describe("backlog", () => backlogTests(pair));
  });
}
