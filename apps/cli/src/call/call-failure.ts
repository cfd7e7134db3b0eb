import { ErrorDetail } from "@aster/contract";
import { StatusCode } from "@aster/rpc";
import { ExitCode, Failure } from "../command/failure.ts";
import { failureOf } from "../command/failure-of.ts";
import { parseExact } from "../files/exact-json.ts";
import { closest } from "./suggestion.ts";

/** The failure of a call. A declared error has its type and its data. */
export async function callFailure(error: unknown): Promise<Failure> {
  const failure = await failureOf(error);
  const { details, ...fields } = failure.fields;
  const { [ErrorDetail.TYPE]: type, [ErrorDetail.DATA]: data, ...more } = details ?? {};
  if (typeof type !== "string") return failure;
  return new Failure(
    ExitCode.FAILED,
    {
      ...fields,
      ...(Object.keys(more).length > 0 && { details: more }),
      declared: { type, data: typeof data === "string" ? parsed(data) : null },
    },
    { cause: error },
  );
}

/** The failure of a name that the peer does not know, with the name that is most like it. */
export function unknownName(
  kind: "service" | "method",
  name: string,
  known: readonly string[],
): Failure {
  const similar = closest(name, known);
  const all = known.join(", ") || "none";
  return new Failure(ExitCode.FAILED, {
    ...(kind === "service"
      ? { code: StatusCode.NOT_FOUND, status: "NOT_FOUND" }
      : { code: StatusCode.UNIMPLEMENTED, status: "UNIMPLEMENTED" }),
    reason: "",
    message: `the peer has no ${kind} ${name}; it has ${all}`,
    hint: similar === undefined ? "" : `did you mean ${similar}?`,
  });
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}
