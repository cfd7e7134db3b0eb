import type { SerializationMode } from "@aster/contract";
import type { BoundMethod } from "./bound-method.ts";
import type { CallOptions } from "./call-options.ts";
import { type AnyClientMethod, type ClientMethodOptions, clientMethod } from "./client-method.ts";
import { DeferredStream } from "./deferred-stream.ts";
import type { CallRoom } from "./wire-call.ts";

/**
 * The function that calls one method in whatever mode a call asks for. `bind` binds the method to a mode, the usual one
 * for `undefined`; it runs once per mode, and what it throws is how the call ends.
 */
export function formedMethod(
  room: CallRoom,
  streams: boolean,
  bind: (asked: SerializationMode | undefined) => BoundMethod,
  options: ClientMethodOptions,
): AnyClientMethod {
  let usual: AnyClientMethod | undefined;
  const others = new Map<SerializationMode, AnyClientMethod>();
  const inMode = (asked: SerializationMode | undefined): AnyClientMethod => {
    let method = asked === undefined ? usual : others.get(asked);
    if (method !== undefined) return method;
    method = clientMethod(room, bind(asked), options);
    if (asked === undefined) usual = method;
    else others.set(asked, method);
    return method;
  };
  return (request: unknown, callOptions?: CallOptions) => {
    const asked = callOptions?.serialization;
    if (asked === undefined && usual !== undefined) return usual(request, callOptions);
    let method: AnyClientMethod;
    try {
      method = inMode(asked);
    } catch (error) {
      const failure = Promise.reject(error);
      return streams ? new DeferredStream(failure) : failure;
    }
    return method(request, callOptions);
  };
}
