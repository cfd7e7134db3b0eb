import { printable } from "@aster/codec";
import type { CallDifference } from "@aster/contract/model";
import type { AdmittedService } from "@aster/trust";
import { RpcError } from "../error.ts";
import { listed, shownName } from "../peer/peer-names.ts";
import { XLANG_B } from "../protocol/mode.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import type { JudgedCall } from "./judged-call.ts";
import type { OwnContract } from "./own-contract.ts";

// The refusals of calls to a peer that offers a service under another contract.

/** Differences in one error text. */
const MOST_SHOWN = 5;

const REMEDY = "build both sides from the same definition, or pass checkContract: false";

type Offer = Pick<AdmittedService, "contractId">;

/** The contract ids differ, and only equal ones are accepted. */
export function unequal(own: OwnContract, { contractId: theirs }: Offer): RpcError {
  const text = `${named(own)}: the contract of this client is ${own.id}, the peer offers ${shownName(theirs)}`;
  return mismatch(own, theirs, `${text}; ${REMEDY} to call anyway`);
}

/** The contract ids differ, and the peer does not say in what. */
export function undescribed(own: OwnContract, offer: Offer, cause?: unknown): RpcError {
  const { contractId: theirs } = offer;
  const text = `${named(own)}: the contract of this client is ${own.id}, the peer offers ${shownName(theirs)}`;
  const reason =
    cause instanceof Error
      ? `whose description cannot be read (${cause.message})`
      : "which it does not describe, so that they cannot be compared";
  return mismatch(own, theirs, `${text}, ${reason}; ${REMEDY} to call anyway`, cause);
}

/** The method exists on both sides, but not in a form that both understand. */
export function incompatible(
  own: OwnContract,
  { contractId: theirs }: Offer,
  { method, mode }: JudgedCall,
  broken: readonly CallDifference[],
): RpcError {
  const texts = broken.slice(0, MOST_SHOWN).map(({ text }) => text);
  if (broken.length > MOST_SHOWN) texts.push(`${broken.length - MOST_SHOWN} more`);
  const differences = printable(texts.join("; "), 1000);
  const way = mode === XLANG_B ? "xlang" : mode === "xlang" ? "xlang (profile A)" : mode;
  const text = `${own.name}.${method.name} differs from the peer's in mode ${way}: ${differences}`;
  const ids = `the contract of this client is ${own.id}, the peer offers ${shownName(theirs)}`;
  return mismatch(own, theirs, `${text}; ${ids}; ${REMEDY} to call anyway`, undefined, {
    method: method.name,
    differences,
  });
}

export function missingMethod(own: OwnContract, offer: AdmittedService, method: string): RpcError {
  const names = Object.keys(offer.methods ?? {});
  const has = names.length === 0 ? "" : `; it has ${listed(names.map(shownName))}`;
  return new RpcError(
    StatusCode.UNIMPLEMENTED,
    `the peer does not have the method ${own.name}.${method}${has}`,
  );
}

function mismatch(
  { id: ours }: OwnContract,
  theirs: string,
  text: string,
  cause?: unknown,
  more: Readonly<Record<string, string>> = {},
): RpcError {
  return new RpcError(StatusCode.FAILED_PRECONDITION, text, {
    cause,
    details: { reason: RpcReason.CONTRACT_MISMATCH, ours, theirs, ...more },
  });
}

const named = ({ name, version }: OwnContract): string => `${name} v${version}`;
