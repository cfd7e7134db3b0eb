// The modes and profiles of messages, over every connection between a client and a server.
import type { ModeChoice } from "@aster/rpc/client";
import { type LinkKind, links } from "./links.ts";

export interface FormOnLink {
  readonly title: string;
  readonly link: LinkKind;
  readonly options: ModeChoice;
}

const forms: readonly { readonly form: string; readonly options: ModeChoice }[] = [
  { form: "profile A", options: { serialization: "xlang", profile: "A" } },
  { form: "profile B", options: { serialization: "xlang", profile: "B" } },
  { form: "NATIVE", options: { serialization: "native" } },
  { form: "ROW", options: { serialization: "row" } },
  { form: "JSON", options: { serialization: "json" } },
];

export const formsOnLinks: readonly FormOnLink[] = links.flatMap((link) =>
  forms.map(({ form, options }) => ({ link, options, title: `${form}, ${link.name}` })),
);
