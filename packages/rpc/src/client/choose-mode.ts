import { SerializationMode, type ServiceDefinition, type ServiceMethod } from "@aster/contract";
import { RpcError } from "../error.ts";
import { optionError } from "../option-check.ts";
import { type WireMode, XLANG_B } from "../protocol/mode.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

/** The options that decide the mode of a client's messages. */
export interface ModeChoice {
  /**
   * The mode of calls without one of their own. Default: the modes of the method, then of the
   * service, in order.
   */
  readonly serialization?: SerializationMode | undefined;
  /**
   * The modes that the peer offered in admission; an empty list means XLANG. Default: the modes of
   * the definition.
   */
  readonly peerModes?: readonly string[] | undefined;
  /**
   * The profile that XLANG is written in; both are read. Default: B for peers whose modes have
   * `xlang1`, else A, the only one that `aster-rpc` reads.
   */
  readonly profile?: "A" | "B" | undefined;
}

const known: readonly string[] = Object.values(SerializationMode);

/** Throws INVALID_ARGUMENT for an unknown mode or profile. */
export function checkModeChoice({ serialization, profile }: ModeChoice): void {
  if (serialization !== undefined && !known.includes(serialization)) {
    throw optionError("serialization", oneOf(known), serialization);
  }
  if (profile !== undefined && profile !== "A" && profile !== "B") {
    throw optionError("profile", "A or B", profile);
  }
}

/**
 * Returns the mode of calls of a method: `asked`, else the first mode of method and service that
 * the peer offers. Every server takes JSON; a client chooses it unasked only for peers that offer
 * nothing else.
 *
 * Throws INVALID_ARGUMENT for an unknown mode, and FAILED_PRECONDITION with both lists when the
 * peer offers none of the modes.
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
  checkModeChoice({ serialization: asked });
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

function noCommonMode(
  title: string,
  wanted: readonly string[],
  offered: readonly string[],
): RpcError {
  const [ours, theirs] = [wanted.join(", "), offered.join(", ")];
  return new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `${title} requires mode ${ours}, but the peer offers only ${theirs}; request one of those, or json (always accepted)`,
    { details: { reason: RpcReason.SERIALIZATION_MISMATCH, ours, theirs } },
  );
}

function oneOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
