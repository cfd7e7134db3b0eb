import type { Registry } from "@aster/registry";

/** The part of a `Registry` of `@aster/registry` with which a client finds producers. */
export type ProducerRegistry = Pick<Registry, "resolve" | "watch">;
