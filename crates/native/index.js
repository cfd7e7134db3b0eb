// Loads the native binary of this platform: the file that a build left beside this one, or else
// the platform package, which package managers install as an optional dependency.
import { createRequire } from "node:module";

const NAME = "aster-native";

// In a CommonJS bundle import.meta is empty.
const here =
  import.meta.url ?? (typeof __filename === "string" ? __filename : `${process.cwd()}/index.js`);
const require = createRequire(here);

/** Returns the C library of a Linux system, or `undefined` elsewhere. */
function libc() {
  if (process.platform !== "linux") return undefined;
  const { report } = process;
  if (report === undefined) return "glibc";
  // a report looks up the host names of open sockets unless this is set
  const { excludeNetwork } = report;
  report.excludeNetwork = true;
  const { glibcVersionRuntime } = report.getReport().header;
  report.excludeNetwork = excludeNetwork;
  return glibcVersionRuntime === undefined ? "musl" : "glibc";
}

/** Returns the suffix that the napi command line gives to the binaries of this platform. */
function suffix() {
  const abi = { glibc: "gnu", musl: "musl" }[libc()] ?? { win32: "msvc" }[process.platform];
  return [process.platform, process.arch, abi].filter((part) => part !== undefined).join("-");
}

/** Tells a module that does not exist from one that exists and cannot be loaded. */
function isAbsent(error, specifier) {
  return error?.code === "MODULE_NOT_FOUND" && String(error.message).includes(`'${specifier}'`);
}

function load() {
  const { ASTER_NATIVE_PATH, NAPI_RS_NATIVE_LIBRARY_PATH } = process.env;
  const given = ASTER_NATIVE_PATH || NAPI_RS_NATIVE_LIBRARY_PATH;
  const candidates = given ? [given] : [`./${NAME}.${suffix()}.node`, `@aster/native-${suffix()}`];
  for (const candidate of candidates) {
    try {
      return require(candidate);
    } catch (error) {
      if (!isAbsent(error, candidate)) throw unloadable(candidate, error);
    }
  }
  throw missing(candidates);
}

function platform() {
  const library = libc();
  return `${process.platform}-${process.arch}${library === undefined ? "" : ` (${library})`}`;
}

const FROM_SOURCE =
  'build it from source with "npm start" in a clone of https://github.com/aster-rpc/aster-ts ' +
  "(needs Rust), and set ASTER_NATIVE_PATH to the .node file that it leaves in crates/native";

function missing(candidates) {
  return new Error(
    `@aster/native has no binary for ${platform()}; looked for ${candidates.join(" and ")} from ${here}. Install the dependencies on the platform that runs the program and ` +
      "with optional dependencies (without --omit=optional or --no-optional); when the program is " +
      `bundled, mark @aster/native as external; or ${FROM_SOURCE}`,
  );
}

function unloadable(candidate, cause) {
  return new Error(
    `the binary ${candidate} of @aster/native cannot be loaded on ${platform()}: ${cause?.message ?? cause}. ` +
      `It was built for another system; ${FROM_SOURCE}`,
    { cause },
  );
}

const native = load();

export const NativeNode = native.NativeNode;
export const NativeAuthorList = native.NativeAuthorList;
export const NativeBlobs = native.NativeBlobs;
export const NativeBlobList = native.NativeBlobList;
export const NativeBlobReader = native.NativeBlobReader;
export const NativeDoc = native.NativeDoc;
export const NativeDocEvents = native.NativeDocEvents;
export const NativeDocList = native.NativeDocList;
export const NativeDocs = native.NativeDocs;
export const NativeEntryList = native.NativeEntryList;
export const NativeImport = native.NativeImport;
export const NativeTagList = native.NativeTagList;
export const NativeTopic = native.NativeTopic;
export const NativeTransfer = native.NativeTransfer;
export const buildProfile = native.buildProfile;
export const border = native.border;
