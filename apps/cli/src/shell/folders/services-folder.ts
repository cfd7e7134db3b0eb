import type { AdmittedService } from "@aster/trust";
import { unknownName } from "../../call/call-failure.ts";
import { serviceFacts } from "../../contract/describe.ts";
import { methodText, serviceText } from "../../contract/describe-text.ts";
import type { ShellPeer } from "../shell-peer.ts";
import { type Entry, type Folder, missing, type Shown } from "./folder.ts";

/** `/services`: the services of the peer and their methods. */
export function servicesFolder(peer: ShellPeer): Folder {
  const offer = (name: string): AdmittedService => {
    const found = peer.offers.get(name);
    if (found === undefined) throw unknownName("service", name, [...peer.offers.keys()]);
    return found;
  };
  const methods = async ({ name, methods: named = {} }: AdmittedService): Promise<Entry[]> => {
    const manifest = await peer.manifest(name);
    const known = manifest?.methods.map((each): Entry => {
      return { name: each.name, kind: "method", note: each.pattern };
    });
    const others = Object.keys(named).map((each): Entry => {
      return { name: each, kind: "method", note: "" };
    });
    return known ?? others;
  };
  return {
    name: "services",
    note: "the services of the peer",
    async list([service, method, ...rest]) {
      if (service === undefined) return [...peer.offers.values()].map(serviceEntry);
      const entries = await methods(offer(service));
      if (method === undefined) return entries;
      const names = entries.map(({ name }) => name);
      if (rest.length > 0) throw missing(rest.join("/"), "", []);
      if (names.includes(method)) return undefined;
      throw unknownName("method", method, names);
    },
    async describe([service, method]): Promise<Shown> {
      const names = service === undefined ? [...peer.offers.keys()] : [offer(service).name];
      const facts = await Promise.all(
        names.map(async (name) => serviceFacts(await peer.knownManifest(name))),
      );
      const [first] = facts;
      if (service === undefined || first === undefined) {
        return {
          value: { services: facts },
          text: (style) => facts.map((each) => serviceText(each, style)).join("\n\n"),
        };
      }
      if (method === undefined) return { value: first, text: (style) => serviceText(first, style) };
      const found = first.methods.find(({ name }) => name === method);
      if (found !== undefined) return { value: found, text: (style) => methodText(found, style) };
      throw unknownName(
        "method",
        method,
        first.methods.map(({ name }) => name),
      );
    },
  };
}

function serviceEntry({ name, version, scoped }: AdmittedService): Entry {
  return { name, kind: "service", note: `v${version} ${scoped}` };
}
