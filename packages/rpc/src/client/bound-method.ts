import type { WireType } from "@aster/codec";
import type { ServiceDefinition, ServiceMethod } from "@aster/contract";
import { type Packing, packingFor } from "../message/compression.ts";
import { type MessageCodec, type MethodCoding, methodCoding } from "../message/message-codec.ts";
import { Packers } from "../message/packers.ts";
import { type RowSchemas, rowViewOf, rowViews } from "../message/row-messages.ts";
import { HeaderTemplate } from "../protocol/header.ts";
import { modeNumber, type WireMode } from "../protocol/mode.ts";
import { headerDeadline } from "../time/deadline.ts";
import { type DeclaredErrors, declaredErrors } from "./call-failure.ts";
import type { CallSetup } from "./call-options.ts";
import { checkedResponses } from "./checked-responses.ts";

/** The part of a method that calls need; calls without a definition have it too. */
export type CalledMethod = Pick<ServiceMethod, "name" | "pattern" | "idempotent" | "timeoutMs">;

export interface BoundMethodParts extends MethodCoding {
  readonly service: string;
  readonly version: number;
  readonly method: CalledMethod;
  readonly mode: WireMode;
  /** Calls are made inside a session, whose header names service, version and mode. */
  readonly inSession: boolean;
  /** The compression of the requests, if the mode allows it. */
  readonly packing: Packing;
  readonly errors?: DeclaredErrors;
  /** Messages are handed over as they are: the other end is in this process. Default: false. */
  readonly passesValues?: boolean;
  /** Makes the caller's response of one that was handed over. Default: the same value. */
  readonly ofPassed?: (value: unknown) => unknown;
}

/** The options of {@link BoundMethod.of} that all methods of a client share. */
export interface BindOptions extends Pick<BoundMethodParts, "inSession" | "packing"> {
  readonly passesValues: boolean;
  /** Responses are views of rows. */
  readonly viewsRows: boolean;
}

/** One method in one mode, as a client calls it: everything that its calls share, made once. */
export class BoundMethod {
  readonly service: string;
  readonly version: number;
  readonly method: CalledMethod;
  readonly mode: WireMode;
  /** The gate that admits all calls of it. */
  admittedBy: object | undefined;
  readonly request: MessageCodec;
  readonly response: MessageCodec;
  readonly rows: RowSchemas | undefined;
  readonly packers: Packers;
  readonly errors: DeclaredErrors;
  readonly passesValues: boolean;
  readonly ofPassed: (value: unknown) => unknown;
  readonly #header: HeaderTemplate;

  constructor(parts: BoundMethodParts) {
    const { service, version, method, mode } = parts;
    this.service = service;
    this.version = version;
    this.method = method;
    this.mode = mode;
    this.request = parts.request;
    this.response = parts.response;
    this.rows = parts.rows;
    this.errors = parts.errors;
    this.passesValues = parts.passesValues ?? false;
    this.ofPassed = parts.ofPassed ?? ((value) => value);
    this.packers = new Packers(mode, parts.packing);
    const form = mode === "json" ? "json" : "fory";
    const call = { method: method.name };
    this.#header = parts.inSession
      ? HeaderTemplate.ofCall(call, form)
      : HeaderTemplate.ofStream(
          { ...call, service, version, serializationMode: modeNumber(mode) },
          form,
        );
  }

  /**
   * Binds a method of a definition. Throws `CodecError` `schema` for types without a row form in
   * ROW.
   */
  static of(
    definition: ServiceDefinition,
    method: ServiceMethod,
    mode: WireMode,
    { viewsRows, ...options }: BindOptions,
  ): BoundMethod {
    const { name, version } = definition;
    const coding = methodCoding(method, mode);
    const type = method.response as WireType;
    return new BoundMethod({
      ...coding,
      ...(viewsRows
        ? { response: rowViews(type), ofPassed: (value) => rowViewOf(type, value) }
        : { response: checkedResponses(type, coding.response) }),
      ...options,
      packing: packingFor(definition, method, options.packing),
      service: name,
      version,
      method,
      mode,
      errors: declaredErrors(method.errors),
    });
  }

  /** The header of a call, in memory of its own. */
  header({ metadata, deadlineAt, startedAt, logged }: CallSetup): Uint8Array {
    const deadlineEpochMs = headerDeadline(deadlineAt, startedAt);
    return this.#header.bytes(deadlineEpochMs, metadata, logged?.requestId);
  }
}
