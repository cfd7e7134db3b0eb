import { blobsOf } from "@aster/transport/blobs";
import { type Doc, type DocEvent, docsOf } from "@aster/transport/docs";
import type { ShellPeer } from "../shell-peer.ts";
import { type Entry, type Folder, missing, type Shown } from "./folder.ts";

/** `/docs`: the document of the registry, with the keys of its entries. */
export function docsFolder(peer: ShellPeer): Folder {
  const opened = async (id: string): Promise<Doc> => {
    const { namespace } = await peer.registry();
    if (id !== namespace) throw missing(`/docs/${id}`, id, [namespace]);
    return await docsOf(peer.client.node).open(id);
  };
  return {
    name: "docs",
    note: "the document of the registry and its entries",
    async list([id, ...key]) {
      if (id === undefined) {
        const { namespace: name } = await peer.registry();
        return [{ name, kind: "document", note: "the registry" }];
      }
      await using doc = await opened(id);
      if (key.length > 0) {
        if ((await doc.get(key.join("/"))) !== undefined) return undefined;
        throw missing(`/docs/${id}/${key.join("/")}`, "", []);
      }
      const entries: Entry[] = [];
      for await (const { keyText, sizeBytes } of doc.query({ latest: true })) {
        entries.push({ name: keyText, kind: "entry", note: `${sizeBytes} bytes` });
      }
      return entries;
    },
    async *read([id = "", ...key], signal) {
      await using doc = await opened(id);
      const entry = await doc.get(key.join("/"));
      if (entry === undefined) throw missing(`/docs/${id}/${key.join("/")}`, "", []);
      const { hash } = entry;
      const blobs = blobsOf(peer.client.node);
      await blobs.get({ hash, providers: [peer.address] }, { signal });
      yield* blobs.read(hash, { signal });
    },
    async *watch([id = (peer.registryAddress ?? "").slice(0, 64)], signal) {
      await using doc = await opened(id);
      for await (const event of doc.subscribe({ signal })) yield shown(event);
    },
  };
}

function shown(event: DocEvent): Shown {
  if (!("entry" in event)) return { value: { event: event.kind }, text: event.kind };
  const { keyText: key, author, sizeBytes: bytes, hash } = event.entry;
  const value = { event: event.kind, key, author, bytes, hash };
  return { value, text: `${event.kind} ${key} (${bytes} bytes)` };
}
