import { ErrorDetail, type ErrorType } from "@aster/contract";
import { RpcError } from "../error.ts";

/** The errors a method declares by the tags they travel under; `undefined` for none. */
export type DeclaredErrors = ReadonlyMap<string, ErrorType> | undefined;

export function declaredErrors(errors: Readonly<Record<string, ErrorType>>): DeclaredErrors {
  const types = Object.values(errors);
  return types.length === 0 ? undefined : new Map(types.map((type) => [type.tag, type]));
}

/** The same error with its data, where the method declares it and the data can be read. */
export function withData(error: RpcError, declared: DeclaredErrors): RpcError {
  const type = declared?.get(error.details[ErrorDetail.TYPE] ?? "");
  const text = error.details[ErrorDetail.DATA];
  if (type === undefined || text === undefined) return error;
  const data = type.decode(text);
  if (data === undefined) return error;
  return new RpcError(error.code, error.rawMessage, { details: error.details, data });
}
