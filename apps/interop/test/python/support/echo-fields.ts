import type { Echo } from "./samples.ts";

const defaults = {
  text: "",
  number: 0,
  ratio: 0,
  flag: false,
  blob: new Uint8Array(),
  tags: [],
  attributes: {},
  points: [],
};
const point = { x: 0, y: 0, label: "" };

/**
 * Returns the expected echo of a message by wire names: with all defaults, and without keys for
 * absent fields.
 */
export function echoed({ inner, points = [], ...fields }: Echo): Record<string, unknown> {
  return {
    ...defaults,
    ...fields,
    ...(inner === undefined ? {} : { inner: { ...point, ...inner } }),
    points: points.map((each) => ({ ...point, ...each })),
  };
}

/** Returns the echoed part of a reply. The Python package sends `null` for absent fields. */
export function echoPart(reply: Record<string, unknown>): Record<string, unknown> {
  const names = [...Object.keys(defaults), "inner"];
  const own = names.filter((name) => reply[name] !== undefined && reply[name] !== null);
  return Object.fromEntries(own.map((name) => [name, reply[name]]));
}
