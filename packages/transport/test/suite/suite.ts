import { afterEach, beforeEach, describe } from "vitest";
import type { NodePair } from "../../src/testing.ts";
import { allowListTests } from "./allow-lists.ts";
import { backlogTests } from "./backlog.ts";
import { closeTests } from "./closes.ts";
import { connectionTests } from "./connections.ts";
import { flowTests } from "./flow.ts";
import { frameTests } from "./frames.ts";
import { rawTests } from "./raw.ts";
import { resetTests } from "./resets.ts";
import { sinkTests } from "./sinks.ts";

/**
 * The tests that every transport passes. Each test gets a new pair of `makePair`, closed after it.
 */
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
    describe("resets", () => resetTests(pair));
    describe("sinks and handlers", () => sinkTests(pair));
    describe("close", () => closeTests(pair));
    describe("raw channels", () => rawTests(pair));
    describe("connections", () => connectionTests(pair));
    describe("allow-lists", () => allowListTests(pair));
    describe("backlog", () => backlogTests(pair));
  });
}
