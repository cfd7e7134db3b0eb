import type { ContractManifest, ManifestMethod } from "../manifest.ts";
import { COMPARED_MODES } from "./compared-mode.ts";
import { type CallDifference, MessageComparison, type Sides } from "./message-comparison.ts";
import { typeTable } from "./type-table.ts";

export interface CompareCallsOptions {
  /**
   * Types that the client's manifest does not describe are assumed to be equal, as a proxy passes
   * their values unchecked. Default: they differ.
   */
  readonly assumesUndescribed?: boolean;
}

/**
 * Compares the contract of a client with the contract of the server that it calls. The result has
 * the differences of each method of the client by name, `undefined` for one that the server does
 * not have.
 */
export function compareCalls(
  client: ContractManifest,
  server: ContractManifest,
  { assumesUndescribed = false }: CompareCallsOptions = {},
): ReadonlyMap<string, readonly CallDifference[] | undefined> {
  const sides: Sides = {
    client: typeTable(client),
    server: typeTable(server),
    strict: !assumesUndescribed,
  };
  const theirs = new Map(server.methods.map((method) => [method.name, method]));
  return new Map(
    client.methods.map((method) => {
      const other = theirs.get(method.name);
      return [method.name, other && methodDifferences(sides, method, other)];
    }),
  );
}

function methodDifferences(
  sides: Sides,
  client: ManifestMethod,
  server: ManifestMethod,
): readonly CallDifference[] {
  return [
    ...optionDifferences(client, server),
    ...new MessageComparison(sides, "request").run(
      client.request_wire_tag,
      server.request_wire_tag,
    ),
    ...new MessageComparison(sides, "response").run(
      client.response_wire_tag,
      server.response_wire_tag,
    ),
  ];
}

function* optionDifferences(
  client: ManifestMethod,
  server: ManifestMethod,
): Generator<CallDifference> {
  const all = COMPARED_MODES;
  if (client.pattern !== server.pattern) {
    const text = `pattern: ${client.pattern} → ${server.pattern}`;
    yield { path: "pattern", text, breaks: all };
  }
  if (client.idempotent !== server.idempotent) {
    // the client may repeat the call
    const breaks = client.idempotent ? all : [];
    const text = `idempotent: ${client.idempotent} → ${server.idempotent}`;
    yield { path: "idempotent", text, breaks };
  }
  if (client.timeout !== server.timeout) {
    const seconds = (timeout: number | null) => (timeout === null ? "none" : `${timeout} s`);
    const text = `timeout: ${seconds(client.timeout)} → ${seconds(server.timeout)}`;
    yield { path: "timeout", text, breaks: [] };
  }
}
