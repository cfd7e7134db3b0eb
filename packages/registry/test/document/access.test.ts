import { contractIdOf } from "@aster/contract";
import { describe, expect, test } from "vitest";
import vectors from "../../../../fixtures/registry/registry.json" with { type: "json" };
import { encodeAuthorList, parseAuthorList } from "../../src/entries/author-list.ts";
import { settled } from "../support/fake-clock.ts";
import { Greeter, idOf, MemoryMesh, OWNER } from "../support/memory-registry.ts";

const query = { service: "Greeter", contractId: contractIdOf(Greeter) };
const list = (...authors: string[]): string => JSON.stringify(authors);

test("writes and reads the list of the Python package", () => {
  const authors = JSON.parse(vectors.authors) as string[];
  expect(Buffer.from(encodeAuthorList(authors)).toString()).toBe(vectors.authors);
  expect(parseAuthorList(new TextEncoder().encode(vectors.authors))).toEqual(authors);
});

test("takes the first 10 000 authors of a list", () => {
  const authors = Array.from({ length: 10_001 }, (_, number) => idOf(number));
  expect(() => encodeAuthorList(authors)).toThrow(expect.objectContaining({ code: "option" }));
  const text = new TextEncoder().encode(list(...authors));
  expect(parseAuthorList(text)).toEqual(authors.slice(0, 10_000));
});

test("refuses what is not an author id", () => {
  expect(() => encodeAuthorList(["AB"])).toThrow(expect.objectContaining({ code: "option" }));
});

describe("a list of writers", () => {
  test("excludes the entries of other authors, and admits them again", async () => {
    await using mesh = new MemoryMesh();
    const owner = await mesh.add();
    const writer = await mesh.add({ author: idOf(2) });
    await writer.registry.advertise(Greeter);
    await settled();
    await owner.registry.resolve(query);
    await owner.registry.setAccessList("writers", []);
    expect(owner.registry.accessList("writers")).toEqual([OWNER]);
    await expect(owner.registry.resolve(query)).rejects.toMatchObject({ code: "unavailable" });
    await owner.registry.setAccessList("writers", [idOf(2)]);
    await owner.registry.resolve(query);
    await settled();
    await writer.registry.resolve(query);
  });

  test("does not count when another author writes it", async () => {
    await using mesh = new MemoryMesh();
    const owner = await mesh.add();
    await owner.registry.advertise(Greeter);
    owner.document.insert("_aster/acl/writers", list(idOf(9)), { author: idOf(9) });
    await settled();
    expect(owner.registry.accessList("writers")).toBeUndefined();
    await owner.registry.resolve(query);
  });

  test("counts when an admin of the owner writes it", async () => {
    await using mesh = new MemoryMesh();
    const { registry, document } = await mesh.add();
    document.insert("_aster/acl/writers", list(idOf(5)), { author: idOf(9) });
    await registry.setAccessList("admins", [idOf(9)]);
    expect(registry.accessList("writers")).toEqual([idOf(5)]);
    // an admin cannot make another one
    document.insert("_aster/acl/admins", list(idOf(7)), { author: idOf(9) });
    await settled();
    expect(registry.accessList("admins")).toEqual([idOf(9)]);
  });

  test("without a known owner, is that of the author of the first list", async () => {
    await using mesh = new MemoryMesh();
    const owner = await mesh.add();
    await owner.registry.setAccessList("writers", [idOf(2)]);
    await mesh.clock.advance(1_000);
    owner.document.insert("_aster/acl/writers", list(idOf(9)), { author: idOf(9) });
    const reader = await mesh.add({ owner: undefined, author: idOf(3) });
    await settled();
    expect(reader.registry.owner).toBe(OWNER);
    expect(reader.registry.accessList("writers")).toEqual([OWNER, idOf(2)]);
  });

  test("that cannot be read is ignored", async () => {
    await using mesh = new MemoryMesh();
    const { registry, document } = await mesh.add();
    document.insert("_aster/acl/writers", '{"a":1}');
    await settled();
    expect(registry.accessList("writers")).toBeUndefined();
    expect(registry.stats().ignored.malformed).toBe(1);
  });
});
