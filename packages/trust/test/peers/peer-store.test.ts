import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PeerStore, rolesOf } from "../../src/index.ts";

const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("returns attributes and roles of an admitted peer", () => {
  const peers = new PeerStore();
  expect(peers.get("a")).toBeUndefined();
  const given = { "aster.role": " admin, ,reader ", "aster.name": "bob" };
  const record = peers.admit("a", { attributes: given });
  given["aster.role"] = "owner";
  expect(peers.get("a")).toBe(record);
  expect(record.attributes).toEqual({ "aster.role": " admin, ,reader ", "aster.name": "bob" });
  expect([...record.roles]).toEqual(["admin", "reader"]);
  expect(Object.isFrozen(record.attributes)).toBe(true);
});

test("replaces an earlier admission", () => {
  const peers = new PeerStore();
  peers.admit("a", { attributes: { "aster.role": "admin" } });
  peers.admit("a", { attributes: {} });
  expect(peers.get("a")?.roles.size).toBe(0);
  expect(peers.size).toBe(1);
});

test("drops an admission after its term", () => {
  const peers = new PeerStore();
  peers.admit("a", { attributes: {} });
  vi.advanceTimersByTime(DAY_MS - 1);
  expect(peers.get("a")).toBeDefined();
  vi.advanceTimersByTime(1);
  expect(peers.get("a")).toBeUndefined();
  expect(peers.size).toBe(0);
});

test("ends an admission at the earlier of its expiry and the term of the store", () => {
  const peers = new PeerStore({ ttlMs: 1_000 });
  peers.admit("short", { attributes: {}, expiresAtMs: Date.now() + 300 });
  peers.admit("long", { attributes: {}, expiresAtMs: Date.now() + 5_000 });
  peers.admit("over", { attributes: {}, expiresAtMs: Date.now() });
  expect(peers.get("over")).toBeUndefined();
  vi.advanceTimersByTime(300);
  expect(peers.get("short")).toBeUndefined();
  expect(peers.get("long")).toBeDefined();
  vi.advanceTimersByTime(700);
  expect(peers.get("long")).toBeUndefined();
});

test("ends an admission by both clocks", () => {
  const peers = new PeerStore();
  peers.admit("a", { attributes: {}, expiresAtMs: Date.now() + 1_000 });
  vi.setSystemTime(0);
  expect(peers.get("a")).toBeDefined();
  vi.advanceTimersByTime(1_000);
  expect(peers.get("a")).toBeUndefined();
  peers.admit("b", { attributes: {}, expiresAtMs: Date.now() + 1_000 });
  vi.setSystemTime(Date.now() + 1_000);
  expect(peers.get("b")).toBeUndefined();
});

test("measures the longest term without the wall clock", () => {
  const peers = new PeerStore();
  peers.admit("a", { attributes: {} });
  vi.setSystemTime(Date.now() + 10 * DAY_MS);
  expect(peers.get("a")).toBeDefined();
});

test("drops the least recently used peer of a full store", () => {
  const peers = new PeerStore({ maxPeers: 3 });
  for (const id of ["a", "b", "c"]) peers.admit(id, { attributes: {} });
  peers.get("a");
  peers.admit("d", { attributes: {} });
  expect(peers.get("b")).toBeUndefined();
  expect(["a", "c", "d"].every((id) => peers.get(id) !== undefined)).toBe(true);
  for (let at = 0; at < 1_000; at++) peers.admit(`stranger ${at}`, { attributes: {} });
  expect(peers.size).toBe(3);
});

test("revokes an admission", () => {
  const peers = new PeerStore();
  peers.admit("a", { attributes: {} });
  expect(peers.revoke("a")).toBe(true);
  expect(peers.get("a")).toBeUndefined();
  expect(peers.revoke("a")).toBe(false);
});

test("does not normalize roles", () => {
  expect(rolesOf({ "aster.role": "Admin,admin\u0000" }).has("admin")).toBe(false);
  expect(rolesOf({ role: "admin" }).size).toBe(0);
});

test.each([0, -1, Number.NaN, "5", null])("refuses %j as a number of peers or a time", (value) => {
  const wrong = value as number;
  for (const option of ["maxPeers", "ttlMs"]) {
    const expected = { code: "option", message: expect.stringContaining(`option ${option} must`) };
    expect(() => new PeerStore({ [option]: wrong })).toThrow(expect.objectContaining(expected));
  }
});

test("refuses an end of an admission that is not a number", () => {
  const peers = new PeerStore();
  expect(() => peers.admit("a", { attributes: {}, expiresAtMs: Number.NaN })).toThrow(
    expect.objectContaining({ code: "option" }),
  );
  expect(peers.get("a")).toBeUndefined();
});

test("keeps an admission without a limit", () => {
  const peers = new PeerStore({ ttlMs: Number.POSITIVE_INFINITY });
  peers.admit("a", { attributes: {} });
  vi.advanceTimersByTime(1_000 * DAY_MS);
  expect(peers.get("a")).toBeDefined();
});
