import type { ServiceDefinition, ServiceMethod } from "@aster/contract";
import { plainBytesIn } from "../compression.ts";
import { epochMsOf } from "../deadline.ts";
import { passingCodec } from "../local/passing-codec.ts";
import { type MessageCodec, messageCodec } from "../message-codec.ts";
import { MessagePacker } from "../message-packer.ts";
import type { Metadata } from "../metadata.ts";
import { HeaderTemplate } from "../protocol/header.ts";
import { type CodedMode, ModeNumber } from "../protocol/mode.ts";
import { headerCodecs, type ProtocolForm, type StreamHeader } from "../protocol/structs.ts";
import type { Attempt } from "./attempt.ts";

/** What a call needs to know of its method; a subset of `ServiceMethod`, which calls without a definition have too. */
export type CalledMethod = Pick<ServiceMethod, "name" | "pattern" | "idempotent" | "timeoutMs">;

export interface BoundMethodParts {
  readonly service: string;
  readonly version: number;
  readonly method: CalledMethod;
  readonly mode: CodedMode;
  /** Longer payloads are compressed, if the mode allows it. */
  readonly plainBytes: number;
  readonly request: MessageCodec;
  readonly response: MessageCodec;
}

/** One method as a client calls it: everything that is the same for all its calls, made once. */
export class BoundMethod {
  readonly service: string;
  readonly version: number;
  readonly method: CalledMethod;
  readonly request: MessageCodec;
  readonly response: MessageCodec;
  readonly packer: MessagePacker;
  readonly #form: ProtocolForm;
  readonly #header: Omit<StreamHeader, "deadlineEpochMs">;
  readonly #template: HeaderTemplate;

  constructor({ service, version, method, mode, plainBytes, request, response }: BoundMethodParts) {
    this.service = service;
    this.version = version;
    this.method = method;
    this.request = request;
    this.response = response;
    this.packer = new MessagePacker({ plainBytes: plainBytesIn(mode, plainBytes) });
    this.#form = mode === "json" ? "json" : "fory";
    this.#header = {
      service,
      method: method.name,
      version,
      callId: "",
      serializationMode: ModeNumber[mode],
      metadataKeys: [],
      metadataValues: [],
    };
    this.#template = new HeaderTemplate(this.#header, this.#form);
  }

  /** A method of a definition. With `passesValues` messages are not coded at all. */
  static of(
    { name, version }: ServiceDefinition,
    method: ServiceMethod,
    mode: CodedMode,
    passesValues: boolean,
    plainBytes: number,
  ): BoundMethod {
    return new BoundMethod({
      service: name,
      version,
      method,
      mode,
      plainBytes,
      request: passesValues ? passingCodec : messageCodec(method.request, mode),
      response: passesValues ? passingCodec : messageCodec(method.response, mode),
    });
  }

  get streamsRequests(): boolean {
    return this.method.pattern === "client_stream" || this.method.pattern === "bidi_stream";
  }

  /** The header frame of a call, for sending it at once: with metadata it is its own, without a view that the next call reuses. */
  header({ metadata, deadlineAt }: Attempt): Uint8Array {
    const deadlineEpochMs = deadlineAt === Number.POSITIVE_INFINITY ? 0 : epochMsOf(deadlineAt);
    return metadata.size === 0
      ? this.#template.bytes(deadlineEpochMs)
      : this.#withMetadata(deadlineEpochMs, metadata);
  }

  #withMetadata(deadlineEpochMs: number, metadata: Metadata): Uint8Array {
    return headerCodecs[this.#form].encode({
      ...this.#header,
      deadlineEpochMs,
      metadataKeys: [...metadata.keys()],
      metadataValues: [...metadata.values()],
    });
  }
}
