// The manifests that a client requests from its peer.
import { typedManifestOf } from "@aster/contract/model";
import { defineService, implement, StatusCode, unary, wireType } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { failure } from "../support/outcomes.ts";

const Inner = wireType("manifest/Inner", { n: z.int() });
const Note = wireType("manifest/Note", { text: z.string(), inner: Inner });
const notes = (version: number) => defineService("Notes", { version }, { save: unary(Note, Note) });
const hosted = (version: number) => implement(notes(version), { save: (note) => note });

test("a client requests the manifest of a service, of the latest version by default", async () => {
  await using pair = await servicePair({ services: [hosted(1), hosted(2)] });
  const { client } = pair;
  expect(await client.manifest("Notes")).toEqual(typedManifestOf(notes(2)));
  expect(await client.manifest("Notes", { version: 1 })).toEqual(typedManifestOf(notes(1)));
});

test("a service that is not offered has no manifest", async () => {
  await using pair = await servicePair({ services: [hosted(1)] });
  for (const [name, version] of [
    ["Other", undefined],
    ["Notes", 7],
  ] as const) {
    const error = await failure(pair.client.manifest(name, { version }));
    expect(error.code).toBe(StatusCode.NOT_FOUND);
    expect(error.message).toContain("Notes v1");
  }
});

test("a closed client requests nothing", async () => {
  await using pair = await servicePair({ services: [hosted(1)] });
  await pair.client.close();
  const error = await failure(pair.client.manifest("Notes"));
  expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
});
