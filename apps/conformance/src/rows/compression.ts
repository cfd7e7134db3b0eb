import type { CallRow } from "../row-kinds/call-row.ts";
import { callRows } from "../row-kinds/call-row.ts";
import { compressed, end, header, request } from "../row-kinds/raw-part.ts";
import type { RawClientRow } from "../row-kinds/raw-row.ts";
import type { Setup } from "../row-kinds/setup.ts";
import { finish, send, zeros } from "../row-kinds/step.ts";
import { generatedBytes } from "../service/generated-bytes.ts";

const zstd = { mode: "xlang", zstd: true } as const;
const plain = { zstd: false } as const;
/**
 * A setup that gives a row its own nodes: after a message that did not shrink, the next few
 * messages are sent uncompressed.
 */
const own = (number: number): Setup => ({ serverLimits: { maxResets: 1000 + number } });
const LARGE = zeros(271_828);

/** The compression cases of gRPC. The server checks the flags of the frames on the wire. */
export const compressionRows: readonly (CallRow | RawClientRow)[] = [
  ...callRows("compression", [
    {
      name: "client_compressed_unary: the probe, not compressed",
      method: "unary",
      steps: [send({ payload: zeros(100), expectCompressed: true })],
      expect: { code: 3, message: "the message is not compressed", server: { read: [false] } },
    },
    {
      name: "client_compressed_unary: compressed",
      method: "unary",
      only: zstd,
      steps: [send({ payload: LARGE, sizes: [314_159], expectCompressed: true })],
      expect: { code: 0, replies: [{ zeros: 314_159 }], server: { read: [true] } },
    },
    {
      name: "client_compressed_unary: not compressed",
      method: "unary",
      only: plain,
      steps: [send({ payload: LARGE, sizes: [314_159], expectCompressed: false })],
      expect: { code: 0, replies: [{ zeros: 314_159 }], server: { read: [false] } },
    },
    {
      name: "server_compressed_unary: compressed",
      method: "unary",
      only: zstd,
      steps: [send({ sizes: [314_159] })],
      expect: { code: 0, replies: [{ zeros: 314_159 }], server: { written: [true] } },
    },
    {
      name: "server_compressed_unary: what does not shrink is sent as it is",
      setup: own(1),
      method: "unary",
      only: zstd,
      steps: [send({ sizes: [314_159], noise: true })],
      expect: { code: 0, replies: [{ noise: 314_159 }], server: { written: [false] } },
    },
    {
      name: "server_compressed_unary: not compressed",
      method: "unary",
      only: plain,
      steps: [send({ sizes: [314_159] })],
      expect: { code: 0, replies: [{ zeros: 314_159 }], server: { written: [false] } },
    },
    {
      name: "JSON is not compressed",
      method: "unary",
      only: { mode: "json" },
      steps: [send({ payload: LARGE, sizes: [314_159] })],
      expect: {
        code: 0,
        replies: [{ zeros: 314_159, bytes: 271_828 }],
        server: { read: [false], written: [false] },
      },
    },
    {
      name: "client_compressed_streaming: the probe, not compressed",
      method: "clientStream",
      steps: [send({ payload: zeros(100), expectCompressed: true }), finish],
      expect: { code: 3, message: "the message is not compressed" },
    },
    {
      name: "client_compressed_streaming: one compressed, one not",
      method: "clientStream",
      only: zstd,
      setup: own(2),
      steps: [
        send({ payload: zeros(27_182), expectCompressed: true }),
        send({ payload: generatedBytes(45_904, true), expectCompressed: false }),
        finish,
      ],
      expect: { code: 0, replies: [{ bytes: 73_086 }], server: { read: [true, false] } },
    },
    {
      name: "client_compressed_streaming: none compressed",
      method: "clientStream",
      only: plain,
      steps: [send({ payload: zeros(27_182) }), send({ payload: zeros(45_904) }), finish],
      expect: { code: 0, replies: [{ bytes: 73_086 }], server: { read: [false, false] } },
    },
    {
      name: "server_compressed_streaming: one compressed, one not",
      method: "serverStream",
      only: zstd,
      setup: own(3),
      steps: [send({ data: [zeros(31_415), generatedBytes(92_653, true)] })],
      expect: {
        code: 0,
        replies: [{ zeros: 31_415 }, { noise: 92_653 }],
        server: { written: [true, false] },
      },
    },
    {
      name: "server_compressed_streaming: none compressed",
      method: "serverStream",
      only: plain,
      steps: [send({ sizes: [31_415, 92_653] })],
      expect: {
        code: 0,
        replies: [{ zeros: 31_415 }, { zeros: 92_653 }],
        server: { written: [false, false] },
      },
    },
    {
      name: "a small message is not worth it",
      method: "unary",
      steps: [send({ payload: zeros(3000), sizes: [3000] })],
      expect: {
        code: 0,
        replies: [{ zeros: 3000, bytes: 3000 }],
        server: { read: [false], written: [false] },
      },
    },
  ]),
  {
    kind: "rawClient",
    suite: "compression",
    name: "a compressed request is read, whatever its mode",
    parts: [header(), compressed(request({ data: [LARGE.subarray(0, 3)] })), end],
    expect: { code: 0, replies: ["\0\0\0"] },
  },
  {
    kind: "rawClient",
    suite: "compression",
    name: "the bit of a reply, as a raw peer sees it: compressed",
    only: zstd,
    parts: [header(), request({ sizes: [314_159] }), end],
    expect: { code: 0, compressed: [true] },
  },
  {
    kind: "rawClient",
    suite: "compression",
    name: "the bit of a reply, as a raw peer sees it: not compressed",
    only: plain,
    parts: [header(), request({ sizes: [314_159] }), end],
    expect: { code: 0, compressed: [false] },
  },
];
