import { CommanderError } from "commander";
import { ExitCode, Failure, usageFailure } from "./failure.ts";

/** An error of the packages, recognised by its name, so that none of them is loaded for it. */
interface NamedError extends Error {
  readonly code?: unknown;
  readonly rawMessage?: unknown;
  readonly details?: Readonly<Record<string, string>>;
}

/** Reasons of errors that happen before a call: no peer has answered. */
const NO_CONNECTION =
  /^(transport\.(connect|timeout|closed|reset|frame)|admission\.(timeout|closed|protocol))$/;

const HINTS: Readonly<Record<string, string>> = {
  "transport.connect": "check the address, and that the peer runs",
  "transport.timeout": "check the address, and that the peer runs",
  "transport.address": "give an aster1… ticket, a base64 node address or an endpoint id",
  "transport.native": "reinstall the packages for this platform",
  "admission.denied": "present a credential that the peer accepts, with --credential or --identity",
  "admission.capability": "present a credential that has the missing capability",
  "request.invalid": "see the fields with: aster service describe ADDRESS SERVICE",
  "contract.mismatch": "see the differences with: aster contract diff",
};

/** Converts anything that a command threw. */
export async function failureOf(error: unknown): Promise<Failure> {
  if (error instanceof Failure) return error;
  if (error instanceof CommanderError) return commandLineFailure(error);
  if (!(error instanceof Error)) return internal(new Error(String(error)));
  const named = error as NamedError;
  switch (named.name) {
    case "RpcError":
      return await rpcFailure(named);
    case "KeyError":
      return usageFailure(named.message, "", `key.${String(named.code)}`);
    case "CredentialError":
      return usageFailure(named.message, "", `credential.${String(named.code)}`);
    case "AdmissionError":
    case "ContractError":
    case "TransportError":
      return libraryFailure(named);
    default:
      return fileFailure(error) ?? internal(named);
  }
}

/** The failure of a connection that was not made: the peer cannot be reached, or denied it. */
export async function connectFailure(error: unknown): Promise<Failure> {
  const failure = await failureOf(error);
  const { reason, status } = failure.fields;
  if (reason === "admission.denied") return new Failure(ExitCode.DENIED, failure.fields);
  const unreachable = status === "UNAVAILABLE" || status === "DEADLINE_EXCEEDED";
  if (!unreachable && !NO_CONNECTION.test(reason)) return failure;
  const hint = failure.fields.hint || HINTS["transport.connect"] || "";
  return new Failure(ExitCode.NO_CONNECTION, { ...failure.fields, hint });
}

/** The error of a call. INVALID_ARGUMENT from our own checks is a matter of the command line. */
async function rpcFailure(error: NamedError): Promise<Failure> {
  const { statusName } = await import("@aster/rpc/contract");
  const code = Number(error.code);
  const { reason = "", ...details } = error.details ?? {};
  const fields = {
    code,
    status: statusName(code as Parameters<typeof statusName>[0]),
    reason,
    message: typeof error.rawMessage === "string" ? error.rawMessage : error.message,
    hint: HINTS[reason] ?? "",
    ...(Object.keys(details).length > 0 && { details }),
  };
  const usage = reason === "option.invalid" || reason === "transport.address";
  return new Failure(usage ? ExitCode.USAGE : ExitCode.FAILED, fields, { cause: error });
}

function libraryFailure(error: NamedError): Failure {
  const area = error.name.replace("Error", "").toLowerCase();
  const reason = error.code === "option" ? "option.invalid" : `${area}.${String(error.code)}`;
  return usageFailure(error.message, HINTS[reason], reason);
}

function commandLineFailure({ message }: CommanderError): Failure {
  const [first = "", ...more] = message.replace(/^error: /, "").split("\n");
  const hint = more.join(" ").replace(/^\((.*)\)$/, "$1");
  return usageFailure(first, hint === "" ? "see: aster --help" : hint);
}

const FILE_PROBLEMS: Readonly<Record<string, readonly [reason: string, text: string]>> = {
  ENOENT: ["file.missing", "there is no file"],
  EEXIST: ["file.exists", "there is a file already:"],
  EACCES: ["file.denied", "the access is denied to"],
  EPERM: ["file.denied", "the access is denied to"],
  EISDIR: ["file.kind", "a folder is not a file:"],
  ENOTDIR: ["file.kind", "a part of the path is not a folder:"],
};

function fileFailure(error: NodeJS.ErrnoException): Failure | undefined {
  const [reason, text] = FILE_PROBLEMS[error.code ?? ""] ?? [];
  if (reason === undefined || error.path === undefined) return undefined;
  return usageFailure(`${text} ${error.path}`, "choose another path", reason);
}

function internal(error: Error): Failure {
  return new Failure(
    ExitCode.FAILED,
    {
      code: 13,
      status: "INTERNAL",
      reason: "",
      message: error.message || error.name,
      hint: "run the command with --log-level debug to see where it failed",
    },
    { cause: error },
  );
}
