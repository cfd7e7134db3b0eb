import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { commandOf } from "../src/copy/command.ts";
import { typescriptOf } from "../src/copy/typescript.ts";
import { Call, type CallChoice } from "../src/state/call.ts";

const choice: CallChoice = {
  service: "Greeter",
  method: "sayHello",
  pattern: "unary",
  session: undefined,
  request: `{"name":"it's <b> \\\\n $HOME","big":9223372036854775807}`,
  metadata: [["who", "a b"]],
  timeoutMs: 1500,
};

/** Runs a line of sh in which `aster` prints its arguments and its input. */
function run(line: string): { readonly args: string[]; readonly input: string } {
  const program =
    'const fs=require("fs");const piped=process.env.PIPED==="1";' +
    'console.log(JSON.stringify({args:process.argv.slice(1),input:piped?fs.readFileSync(0,"utf8"):""}))';
  const shim = `aster() { '${process.execPath}' -e '${program}' -- "$@"; }`;
  const env = { ...process.env, PIPED: line.includes("|") ? "1" : "0" };
  return JSON.parse(execFileSync("sh", ["-c", `${shim}; ${line}`], { env }).toString());
}

test.skipIf(process.platform === "win32")("a shell reads the command as it was meant", () => {
  const call = new Call(1, choice, "aster1abc");
  expect(run(commandOf(call, ["--identity", "my file"])).args).toEqual([
    ...["call", "aster1abc", "Greeter.sayHello", choice.request],
    ...["--identity", "my file", "--metadata", "who=a b", "--timeout", "1.5"],
  ]);
});

test.skipIf(process.platform === "win32")("requests of streams and sessions are piped", () => {
  const plain = { ...choice, metadata: [], timeoutMs: undefined };
  const stream = new Call(1, { ...plain, pattern: "client_stream", request: undefined }, "a");
  stream.sent.value = ['{"text":"it\'s \\\\n"}', '{"text":""}'];
  expect(run(commandOf(stream, []))).toEqual({
    args: ["call", "a", "Greeter.sayHello", "-"],
    input: `${stream.sent.value.join("\n")}\n`,
  });
  const session = new Call(1, { ...plain, session: 3 }, "a");
  expect(run(commandOf(session, []))).toEqual({
    args: ["call", "a", "Greeter", "--session"],
    input: `{"method":"sayHello","request":${choice.request}}\n`,
  });
});

test("a program has the request as a literal of the language", () => {
  expect(typescriptOf(new Call(1, choice, "aster1abc"))).toBe(
    `import { AsterClient } from "@aster/rpc";

await using client = await AsterClient.connect("aster1abc");
const service = client.proxy("Greeter");
console.log(await service.sayHello({ name: "it's <b> \\\\n $HOME", big: 9223372036854775807n }, { metadata: { who: "a b" }, timeoutMs: 1500 }));
`,
  );
});

test("a program reads streams, opens sessions and finds methods with names of the language", () => {
  const plain = { ...choice, metadata: [], timeoutMs: undefined, request: undefined };
  const call = new Call(1, { ...plain, pattern: "bidi_stream", session: 1, method: "then" }, "a");
  call.sent.value = ['{"a-b":[]}', "{}"];
  const text = typescriptOf(call);
  expect(text).toContain('import { AsterClient, proxyMethod } from "@aster/rpc";');
  expect(text).toContain('await using session = await client.session("Greeter");');
  expect(text).toContain(
    'for await (const reply of proxyMethod(session, "then").bidi([{ "a-b": [] }, {}])) {',
  );
});
