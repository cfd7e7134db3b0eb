import type { CallMetadata, CompressionSetting } from "@aster/contract";
import type { RpcError } from "../error.ts";
import type { CallChanges } from "../hooks/call-hooks.ts";
import { HookedCall, type MethodHooks } from "../hooks/hooked-call.ts";
import { Metadata } from "../metadata.ts";
import type { ServerContext } from "./server-context.ts";

/** The parts of an `AdmittedCall` that its hooks see. */
interface AnsweredCall {
  readonly context: ServerContext;
  readonly startedAt: number;
  /** The number of requests that the handler has taken. */
  readonly taken: number;
  /** The number of responses that were sent. */
  readonly responses: number;
}

/** A call on the server, as the hooks of its interceptors see it. */
export class HookedServerCall extends HookedCall {
  readonly context: ServerContext;
  readonly #call: AnsweredCall;

  constructor(hooks: MethodHooks, call: AnsweredCall) {
    super(hooks, call.startedAt);
    this.context = call.context;
    this.#call = call;
  }

  get peer(): string {
    return this.context.peer;
  }

  // a look into the directory of peers, which few hooks need
  get roles(): ReadonlySet<string> {
    return this.context.roles;
  }

  get metadata(): CallMetadata {
    return this.context.metadata;
  }

  get deadlineAt(): number | undefined {
    const { deadlineAt } = this.context;
    return deadlineAt === Number.POSITIVE_INFINITY ? undefined : deadlineAt;
  }

  get compression(): CompressionSetting | undefined {
    return this.context.compression;
  }

  /** The status of the call is sent. */
  ended(error: RpcError | undefined): void {
    this.end(error, this.#call.taken, this.#call.responses);
  }

  protected override change({ metadata, deadlineAt, compression }: CallChanges): void {
    const { context } = this;
    if (metadata !== undefined) context.metadata = Metadata.from(metadata);
    if (deadlineAt !== undefined) context.shorten(deadlineAt);
    if (compression !== undefined) context.compression = compression;
  }
}
