// The modes and profiles of messages, over every connection between a client and a server.
import type { ModeChoice } from "@aster/rpc/client";
import { type PairKind, pairs } from "./pairs.ts";

export interface FormOnLink {
  readonly title: string;
  readonly pair: PairKind;
  readonly options: ModeChoice;
}

const forms: readonly { readonly form: string; readonly options: ModeChoice }[] = [
  { form: "profile A", options: { serialization: "xlang", profile: "A" } },
  { form: "profile B", options: { serialization: "xlang", profile: "B" } },
  { form: "NATIVE", options: { serialization: "native" } },
  { form: "ROW", options: { serialization: "row" } },
  { form: "JSON", options: { serialization: "json" } },
];

export const formsOnLinks: readonly FormOnLink[] = pairs.flatMap((pair) =>
  forms.map(({ form, options }) => ({ pair, options, title: `${form}, ${pair.name}` })),
);
