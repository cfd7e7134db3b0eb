import type { FieldShape, ManifestType } from "../types/manifest-type.ts";
import { plainNames, valueText } from "../types/shape-text.ts";
import { COMPARED_MODES, type ComparedMode } from "./compared-mode.ts";
import { unreadCases, unreadFields } from "./type-rules.ts";
import type { TypeTable } from "./type-table.ts";
import { type Direction, readsTag } from "./value-rules.ts";

/** A difference between the contracts of a client and a server, in one method. */
export interface CallDifference {
  /** `request.items.price`, `response.at`, `pattern`. */
  readonly path: string;
  /** One line for people, from the client's side to the server's. It begins with the path. */
  readonly text: string;
  /** The modes in which the client cannot call the method because of it. */
  readonly breaks: readonly ComparedMode[];
}

/** The sides of a comparison. */
export interface Sides {
  readonly client: TypeTable;
  readonly server: TypeTable;
  /** Types that the client does not describe differ from those of the server. */
  readonly strict: boolean;
}

/** The modes in which a value is not read. */
type Breaks = Set<ComparedMode>;

interface Pair {
  readonly client: string;
  readonly server: string;
  readonly path: string;
}

/** The most differences of one message, because a manifest may come from any peer. */
const MOST_DIFFERENCES = 1_000;
/** Longer paths go on from the tag of their type. */
const LONGEST_PATH = 200;

/**
 * Compares the requests or the responses of one method, with all types inside. Types are visited
 * through a list, so that chains of types cannot exhaust the stack.
 */
export class MessageComparison {
  readonly #sides: Sides;
  readonly #message: "request" | "response";
  readonly #found: CallDifference[] = [];
  readonly #pending: Pair[] = [];
  readonly #seen = new Set<string>();

  constructor(sides: Sides, message: "request" | "response") {
    this.#sides = sides;
    this.#message = message;
  }

  /** `client` and `server` are the tags of the message on both sides. */
  run(client: string, server: string): readonly CallDifference[] {
    const path = this.#message;
    this.#link(client, server, path);
    const tags = this.#ordered(client, server);
    const broken = COMPARED_MODES.filter((mode) => !readsTag(this.#way(mode, path), ...tags));
    if (client !== server || broken.length > 0) {
      const change = client === server ? "number of the type" : `${client} → ${server}`;
      this.#add(path, change, new Set(broken));
    }
    for (let pair = this.#pending.shift(); pair !== undefined; pair = this.#pending.shift()) {
      if (this.#found.length >= MOST_DIFFERENCES) break;
      this.#compare(pair);
    }
    return this.#found;
  }

  #compare({ client, server, path }: Pair): void {
    const ours = this.#sides.client.get(client);
    const theirs = this.#sides.server.get(server);
    if (ours === undefined || theirs === undefined) {
      if (ours === undefined && !this.#sides.strict) return;
      const side = ours === undefined ? "the client's" : "the server's";
      const tag = ours === undefined ? client : server;
      this.#add(path, `${side} contract does not describe ${tag}`, new Set(COMPARED_MODES));
      return;
    }
    this.#fields(ours, theirs, path);
    this.#cases(ours, theirs, path);
  }

  #fields(ours: ManifestType, theirs: ManifestType, path: string): void {
    const before = new Map(ours.fields?.map((field) => [field.name, field]));
    const after = new Map(theirs.fields?.map((field) => [field.name, field]));
    const [writer, reader] = this.#ordered(ours, theirs);
    const breaks = new Map<string, Breaks>();
    for (const mode of COMPARED_MODES) {
      const wayTo = (name: string): Direction => this.#way(mode, `${path}.${name}`);
      for (const name of unreadFields(wayTo, writer, reader)) addTo(breaks, name, mode);
    }
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const broken = breaks.get(name) ?? new Set();
      const change = fieldChange(before.get(name), after.get(name));
      if (change === undefined && broken.size === 0) continue;
      this.#add(`${path}.${name}`, change ?? "its parts differ", broken);
    }
  }

  #cases(ours: ManifestType, theirs: ManifestType, path: string): void {
    const before = new Map(
      ours.cases?.map((each) => [each.number, valueText(each.form, plainNames)]),
    );
    const after = new Map(
      theirs.cases?.map((each) => [each.number, valueText(each.form, plainNames)]),
    );
    const [writer, reader] = this.#ordered(ours, theirs);
    const breaks = new Map<number, Breaks>();
    for (const mode of COMPARED_MODES) {
      const wayTo = (number: number): Direction => this.#way(mode, `${path}.case ${number}`);
      for (const number of unreadCases(wayTo, writer, reader)) addTo(breaks, number, mode);
    }
    for (const number of new Set([...before.keys(), ...after.keys()])) {
      const [was, is] = [before.get(number), after.get(number)];
      const broken = breaks.get(number) ?? new Set();
      if (was === is && broken.size === 0) continue;
      this.#add(`${path}.case ${number}`, change(was, is), broken);
    }
  }

  /** The writer's and the reader's part of two. */
  #ordered<T>(client: T, server: T): readonly [writer: T, reader: T] {
    return this.#message === "request" ? [client, server] : [server, client];
  }

  #way(mode: ComparedMode, path: string): Direction {
    const { client, server } = this.#sides;
    const [writer, reader] = this.#ordered(client, server);
    const link = (writerTag: string, readerTag: string): void =>
      this.#link(...this.#ordered(writerTag, readerTag), path);
    return { mode, writer, reader, link };
  }

  /** The pair is compared later, once per message. */
  #link(client: string, server: string, path: string): void {
    const key = `${client} ${server}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const place = path.length > LONGEST_PATH ? `${this.#message}…${client}` : path;
    this.#pending.push({ client, server, path: place });
  }

  #add(path: string, what: string, breaks: Breaks): void {
    this.#found.push({ path, text: `${path}: ${what}`, breaks: [...breaks] });
  }
}

function addTo<K>(breaks: Map<K, Breaks>, key: K, mode: ComparedMode): void {
  const modes = breaks.get(key) ?? new Set();
  breaks.set(key, modes.add(mode));
}

const change = (before: string | undefined, after: string | undefined): string =>
  `${before ?? "none"} → ${after ?? "none"}`;

/** The change of a field from the client's side to the server's, `undefined` for none. */
function fieldChange(
  before: FieldShape | undefined,
  after: FieldShape | undefined,
): string | undefined {
  if (before === undefined || after === undefined)
    return change(fieldText(before), fieldText(after));
  const parts = [
    [valueText(before, plainNames), valueText(after, plainNames)],
    [before.key ?? before.name, after.key ?? after.name],
    [before.id, after.id],
    [before.optional ?? false, after.optional ?? false],
    [intForm(before), intForm(after)],
  ];
  const names = ["", "key ", "number ", "optional ", "JavaScript type "];
  const index = parts.findIndex(([was, is]) => was !== is);
  const [was, is] = parts[index] ?? [];
  return index < 0 ? undefined : `${names[index]}${change(text(was), text(is))}`;
}

const text = (value: unknown): string | undefined =>
  value === undefined ? undefined : String(value);

const intForm = ({ type }: FieldShape): string | undefined => ("as" in type ? type.as : undefined);

/** The type of a field that only one side has, and the reason why the other side may need it. */
function fieldText(field: FieldShape | undefined): string | undefined {
  if (field === undefined) return undefined;
  const required = !field.nullable && !field.default && field.type.kind !== "any";
  return `${valueText(field, plainNames)}${required ? " (required)" : ""}`;
}
