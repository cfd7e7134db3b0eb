import { MessageCodec } from "../bytes/message-codec.ts";
import { Readers } from "../bytes/readers.ts";
import { Writers } from "../bytes/writers.ts";
import { canGenerate } from "../codegen/source.ts";
import type { CodecLimits } from "../limits.ts";
import { badOption } from "../option-check.ts";
import type { MakeTypeCodec } from "../type-codec.ts";
import type { Bind } from "./binding.ts";
import { closureEngine } from "./generate/closure-engine.ts";
import { generatedEngine } from "./generate/generated-engine.ts";
import type { Profile } from "./profile.ts";
import type { WireProfile } from "./profiles.ts";
import { bindRoot } from "./root-binding.ts";
import { type Bound, XlangFormat } from "./xlang-format.ts";
import { XlangReader } from "./xlang-reader.ts";
import { XlangWriter } from "./xlang-writer.ts";

// The entrance to XLANG, Fory's cross-language format: `createCodec` calls `xlangTypes` once per
// codec. Engines live as long as the process and bind each type once per profile, so that codecs
// with equal options share the functions of a type. A message is written and read by the fast
// engine; if that fails, the closures run again on the same input and make the error.

/** The engine to use. `auto` generates code on platforms that allow it. */
export type EngineChoice = "auto" | "generated" | "closures";

interface Engines {
  readonly closures: Bind;
  readonly generated: Bind;
}

/** The engines by their profiles, of which there are few. */
const engines = new Map<Profile, Engines>();

function enginesOf(profile: Profile): Engines {
  let both = engines.get(profile);
  if (!both) {
    const closures = closureEngine(profile);
    both = { closures, generated: generatedEngine(profile, closures) };
    engines.set(profile, both);
  }
  return both;
}

// shared by all codecs: a message leaves the buffer before the next one is written
const writers = new Writers((bytes, options) => new XlangWriter(bytes, options));
const readers = new Readers((bytes) => new XlangReader(bytes));

interface XlangOptions {
  readonly limits: CodecLimits;
  readonly views: boolean;
}

/** Makes codecs of types in XLANG. They write one profile and read all. */
export function xlangTypes(
  choice: EngineChoice,
  profile: WireProfile,
  options: XlangOptions,
): MakeTypeCodec {
  if (choice === "generated" && !canGenerate()) {
    throw badOption(
      "engine",
      '"auto" or "closures" on a platform that forbids generated code',
      choice,
    );
  }
  const engine = choice === "closures" || !canGenerate() ? "closures" : "generated";
  return (root) => {
    const bindTo = (to: Profile): Bound => {
      const both = enginesOf(to);
      return { fast: bindRoot(root, both[engine]), exact: bindRoot(root, both.closures) };
    };
    const format = new XlangFormat({ root: root.label, profile, bindTo, ...options });
    return new MessageCodec(format, writers, readers);
  };
}
