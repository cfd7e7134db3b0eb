import { SerializationMode, type ServiceDefinition, type ServiceMethod } from "@aster/contract";
import { RpcError } from "../error.ts";
import { type WireMode, XLANG_B } from "../protocol/mode.ts";
import { StatusCode } from "../status.ts";

/** What decides how a client's messages are written. */
export interface ModeChoice {
  /** For calls that do not say. Default: what the method says, then the service, in order. */
  readonly serialization?: SerializationMode | undefined;
  /** The modes that the peer offers, as it said in admission; none means XLANG. Default: those of the definition. */
  readonly peerModes?: readonly string[] | undefined;
  /**
   * The generation of Fory that XLANG is written in; both are read. Default: B for peers whose modes have `xlang1`, else A,
   * which is all that `aster-rpc` reads.
   */
  readonly profile?: "A" | "B" | undefined;
}

const known: ReadonlySet<string> = new Set(Object.values(SerializationMode));

/**
 * How calls of a method are written: in `asked`, else in the first mode of method and service that the peer offers. JSON is
 * taken by every server, and chosen unasked for peers that offer it alone.
 *
 * Throws INVALID_ARGUMENT for what is no mode, FAILED_PRECONDITION, naming both lists, where the peer takes none.
 */
export function chooseMode(
  definition: ServiceDefinition,
  method: ServiceMethod,
  asked: SerializationMode | undefined,
  { peerModes, profile }: ModeChoice,
): WireMode {
  const own = method.serialization === undefined ? [] : [method.serialization];
  const declared = [...own, ...definition.serialization];
  const wanted = asked === undefined ? declared : [asked];
  checkMode(asked);
  const offered = peerModes?.length === 0 ? ["xlang"] : (peerModes ?? declared);
  const mode =
    wanted.find((one) => offered.includes(one) || (one === "json" && asked !== undefined)) ??
    (asked === undefined && offered.includes("json") ? "json" : undefined);
  const title = `${definition.name}.${method.name}`;
  if (mode === undefined) throw noCommonMode(title, wanted, offered);
  if (mode !== "xlang") return mode;
  const takesB = offered.includes(XLANG_B);
  if (profile === "B" && peerModes !== undefined && !takesB) {
    throw noCommonMode(title, [XLANG_B], offered);
  }
  return (profile ?? (takesB ? "B" : "A")) === "B" ? XLANG_B : "xlang";
}

function checkMode(asked: string | undefined): void {
  if (asked === undefined || known.has(asked)) return;
  throw new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `there is no serialization mode "${asked}"; there are ${[...known].join(", ")}`,
  );
}

function noCommonMode(
  title: string,
  wanted: readonly string[],
  offered: readonly string[],
): RpcError {
  const [ours, theirs] = [wanted.join(", "), offered.join(", ")];
  return new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `${title} is to be called in ${ours}, the peer offers ${theirs}: ask for one of these, or for json, which every server takes`,
    { details: { reason: "serialization.mismatch", ours, theirs } },
  );
}
