import type { WireType } from "@aster/codec";
import type { ServiceDefinition, ServiceMethod } from "@aster/contract";
import { passingCoding } from "../local/passing-codec.ts";
import { plainBytesIn } from "../message/compression.ts";
import { type MessageCodec, type MethodCoding, methodCoding } from "../message/message-codec.ts";
import { MessagePacker } from "../message/message-packer.ts";
import { type RowSchemas, rowViews } from "../message/row-messages.ts";
import type { Metadata } from "../metadata.ts";
import { HeaderTemplate } from "../protocol/header.ts";
import { type MessageForm, modeNumber } from "../protocol/mode.ts";
import { headerCodecs, type ProtocolForm, type StreamHeader } from "../protocol/structs.ts";
import { epochMsOf } from "../time/deadline.ts";
import type { Attempt } from "./attempt.ts";
import { type DeclaredErrors, declaredErrors } from "./declared-error.ts";

/** What a call needs to know of its method; a subset of `ServiceMethod`, which calls without a definition have too. */
export type CalledMethod = Pick<ServiceMethod, "name" | "pattern" | "idempotent" | "timeoutMs">;

export interface BoundMethodParts extends MethodCoding {
  readonly service: string;
  readonly version: number;
  readonly method: CalledMethod;
  readonly form: MessageForm;
  /** Longer payloads are compressed, if the mode allows it. */
  readonly plainBytes: number;
  readonly errors?: DeclaredErrors;
}

/** What a client is handed, and what it hands over. */
export interface Handover {
  /** Messages are not coded at all: the other end is in this program. */
  readonly passesValues: boolean;
  /** Responses are views of rows. */
  readonly viewsRows: boolean;
  /** Longer payloads are compressed, if the mode allows it. */
  readonly plainBytes: number;
}

/** One method as a client calls it: everything that is the same for all its calls, made once. */
export class BoundMethod {
  readonly service: string;
  readonly version: number;
  readonly method: CalledMethod;
  readonly request: MessageCodec;
  readonly response: MessageCodec;
  readonly rows: RowSchemas | undefined;
  readonly packer: MessagePacker;
  readonly errors: DeclaredErrors;
  readonly #form: ProtocolForm;
  readonly #header: Omit<StreamHeader, "deadlineEpochMs">;
  readonly #template: HeaderTemplate;

  constructor(parts: BoundMethodParts) {
    const { service, version, method, form, plainBytes, request, response, rows } = parts;
    this.service = service;
    this.version = version;
    this.method = method;
    this.request = request;
    this.response = response;
    this.rows = rows;
    this.errors = parts.errors;
    this.packer = new MessagePacker({ plainBytes: plainBytesIn(form, plainBytes) });
    this.#form = form === "json" ? "json" : "fory";
    this.#header = {
      service,
      method: method.name,
      version,
      callId: "",
      serializationMode: modeNumber(form),
      metadataKeys: [],
      metadataValues: [],
    };
    this.#template = new HeaderTemplate(this.#header, this.#form);
  }

  /** A method of a definition, in one form. Throws `CodecError` `schema` where it has none in rows. */
  static of(
    { name, version }: ServiceDefinition,
    method: ServiceMethod,
    form: MessageForm,
    { passesValues, viewsRows, plainBytes }: Handover,
  ): BoundMethod {
    const { request, response, rows } = passesValues ? passingCoding : methodCoding(method, form);
    return new BoundMethod({
      request,
      response: viewsRows ? rowViews(method.response as WireType, response) : response,
      rows,
      service: name,
      version,
      method,
      form,
      plainBytes,
      errors: declaredErrors(method.errors),
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
