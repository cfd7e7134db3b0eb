import type { Interceptor } from "@aster/rpc/interceptor";
import { expect, expectTypeOf, test } from "vitest";
import {
  AuditLogInterceptor,
  AuthInterceptor,
  DeadlineInterceptor,
  MetricsInterceptor,
  RequestLogInterceptor,
} from "../src/index.ts";
import { fakeCall } from "./fake-call.ts";

test("new returns the interceptor of the factory", async () => {
  const counted = new MetricsInterceptor({ maxMethods: 2 });
  expectTypeOf(counted).toEqualTypeOf<MetricsInterceptor>();
  expectTypeOf(new DeadlineInterceptor({ timeoutMs: 1 })).toEqualTypeOf<Interceptor>();
  expect(await counted(fakeCall(), async () => "answer")).toBe("answer");
  expect(counted.snapshot()).toMatchObject([{ method: "say", ended: { OK: 1 } }]);
  expect(MetricsInterceptor.name).toBe("MetricsInterceptor");
});

test.each([
  ["timeoutMs must be a positive number", () => new DeadlineInterceptor({ timeoutMs: 0 })],
  ["sink must be a function", () => new AuditLogInterceptor({ sink: "file" as never })],
  ["colors must be true or false", () => new RequestLogInterceptor({ colors: 1 as never })],
  ["token must be a text or a function", () => new AuthInterceptor({ token: 5 as never })],
  ["validate must be a function", () => new AuthInterceptor({ validate: {} as never })],
  ["maxMethods must be an integer", () => new MetricsInterceptor({ maxMethods: 0 })],
  ["of metrics must be an object", () => new MetricsInterceptor(null as never)],
  ["unknown option maxMethod;", () => new MetricsInterceptor({ maxMethod: 1 } as never)],
])("refuses options: %s", (text, make) => {
  expect(make).toThrow(expect.objectContaining({ message: expect.stringContaining(text) }));
});
