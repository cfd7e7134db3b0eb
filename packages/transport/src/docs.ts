// Documents of a node: entries under keys, which the nodes of a document synchronize.

export type { AuthorId, Authors } from "./docs/authors.ts";
export type {
  Doc,
  DocStatus,
  EntryContent,
  GetEntryOptions,
  ShareOptions,
  WriteOptions,
} from "./docs/doc.ts";
export type { Docs, ListedDoc } from "./docs/docs.ts";
export { docsOf } from "./docs/docs.ts";
export type { DocEntry } from "./docs/entry.ts";
export type { DocEvent } from "./docs/events.ts";
export type { JoinDocOptions } from "./docs/join.ts";
export type { DocKey } from "./docs/key.ts";
export type { DownloadPolicy, KeyFilter } from "./docs/policy.ts";
export type { DocQuery } from "./docs/query.ts";
export type { DocId, DocMode, DocSource, DocTicket } from "./docs/ticket.ts";
