import { unknownName } from "../../call/call-failure.ts";
import { serviceFacts } from "../../contract/describe.ts";
import { serviceText } from "../../contract/describe-text.ts";
import { lineOf } from "../../registry/event-line.ts";
import type { ShellPeer } from "../shell-peer.ts";
import { type Entry, type Folder, missing } from "./folder.ts";

/** `/registry`: the services in the registry of the peer, and their versions. */
export function registryFolder(peer: ShellPeer): Folder {
  const published = async (name: string) => {
    const all = (await peer.registry()).services();
    const versions = all.filter(({ service }) => service === name);
    if (versions.length > 0) return versions;
    throw unknownName("service", name, [...new Set(all.map(({ service }) => service))]);
  };
  return {
    name: "registry",
    note: "the services in the registry of the peer",
    async list([service, version]) {
      if (service === undefined) {
        const names = (await peer.registry()).services().map((each) => each.service);
        return [...new Set(names)].map((name): Entry => ({ name, kind: "folder", note: "" }));
      }
      const versions = (await published(service)).map(
        (each): Entry => ({ name: `v${each.version}`, kind: "contract", note: each.contractId }),
      );
      if (version === undefined) return versions;
      const names = versions.map(({ name }) => name);
      if (names.includes(version)) return undefined;
      throw missing(`/registry/${service}/${version}`, version, names);
    },
    async describe([service = "", version]) {
      if (service === "") {
        const services = (await peer.registry()).services();
        const lines = services.map((each) => `${each.service} v${each.version} ${each.contractId}`);
        return { value: { services }, text: lines.join("\n") };
      }
      const versions = await published(service);
      const chosen = version === undefined ? versions.at(-1) : undefined;
      const found = chosen ?? versions.find((each) => `v${each.version}` === version);
      if (found === undefined) throw missing(`/registry/${service}/${version}`, "", []);
      const facts = serviceFacts(await (await peer.registry()).manifest(found.contractId));
      return { value: facts, text: (style) => serviceText(facts, style) };
    },
    async *watch([service], signal) {
      for await (const event of (await peer.registry()).watch({ service, signal })) {
        const value = lineOf(event);
        yield { value, text: `${value.event} ${value.key}` };
      }
    },
  };
}
