import { valuesOfType } from "../call/field-text.ts";
import type { RequestForm } from "../call/request-form.ts";
import { shellCommandOf, shellCommands } from "./commands.ts";
import type { Shell } from "./shell.ts";
import { pathOf } from "./tree.ts";

/** Returns the completions of the last word of a line, and that word. */
export async function completionsOf(shell: Shell, line: string): Promise<[string[], string]> {
  const [, before = "", word = ""] = /^(.*?)([^\s]*)$/s.exec(line) ?? [];
  const [first = "", ...others] = before.split(/\s+/).filter((part) => part !== "");
  const found = first === "" ? firstWords(shell, word) : furtherWords(shell, first, others, word);
  const fitting = [...new Set(await found)].filter((each) => each.startsWith(word));
  return [fitting, word];
}

/** Commands and methods. */
async function firstWords(shell: Shell, word: string): Promise<readonly string[]> {
  const { session, folder } = shell;
  if (session === undefined && word.startsWith("/")) return await paths(shell, word);
  const prefix = word.startsWith("./") ? "./" : "";
  const inService = folder[0] === "services" && folder.length === 2 ? folder[1] : undefined;
  const service = session?.name ?? inService;
  const methods = service === undefined ? [] : await methodNames(shell, service);
  const named = methods.map((name) => prefix + name);
  if (prefix !== "") return named;
  const commands = shellCommands.map(({ name }) => name);
  const at = word.lastIndexOf(".");
  if (session !== undefined || at <= 0) return [...commands, ...named];
  const other = word.slice(0, at);
  return (await methodNames(shell, other)).map((name) => `${other}.${name}`);
}

/** The paths, services or fields that a command or method takes. */
async function furtherWords(
  shell: Shell,
  first: string,
  others: readonly string[],
  word: string,
): Promise<readonly string[]> {
  const command = shellCommandOf({ text: first, quoted: false });
  if (command === undefined) {
    const form = await formOf(shell, first);
    return form === undefined ? [] : fieldWords(form, others, word);
  }
  if (others.length > 0) return [];
  if (command.completes === "path") return await paths(shell, word);
  if (command.completes !== "session") return [];
  const offers = [...shell.peer.offers.values()];
  return offers.filter(({ scoped }) => scoped === "session").map(({ name }) => name);
}

/** Fields that are not given yet, and the values of the one that is being written. */
function fieldWords(form: RequestForm, others: readonly string[], word: string): readonly string[] {
  const at = word.indexOf("=");
  if (at >= 0) {
    const name = word.slice(0, at);
    const shape = form.shapeAt(name.split("."));
    return shape === undefined ? [] : valuesOfType(shape.type).map((value) => `${name}=${value}`);
  }
  const parents = word.split(".").slice(0, -1);
  const given = new Set(others.map((other) => other.replace(/=.*$/s, "")));
  return form.fieldsAt(parents).flatMap(({ name, type }) => {
    const path = [...parents, name].join(".");
    if (given.has(path)) return [];
    return [`${path}${type.kind === "struct" || type.kind === "map" ? "." : "="}`];
  });
}

async function formOf(shell: Shell, text: string): Promise<RequestForm | undefined> {
  const { session, folder, peer } = shell;
  if (session !== undefined) return session.callee.method(text.replace(/^\.\//, ""))?.form;
  const at = text.lastIndexOf(".");
  const [, service = "", method = ""] =
    at > 0 && !text.includes("/")
      ? ["", text.slice(0, at), text.slice(at + 1)]
      : pathOf(text, folder);
  const offer = peer.offers.get(service);
  if (offer === undefined || offer.scoped === "session") return undefined;
  return (await peer.callee(service)).method(method)?.form;
}

async function methodNames(shell: Shell, service: string): Promise<readonly string[]> {
  if (!shell.peer.offers.has(service)) return [];
  const entries = await shell.tree.list(shell.tree.place(`/services/${service}`, []));
  return (entries ?? []).map(({ name }) => name);
}

/** The paths that continue a word, with `/` behind folders. */
async function paths(shell: Shell, word: string): Promise<readonly string[]> {
  const parent = word.slice(0, word.lastIndexOf("/") + 1);
  const place = shell.tree.place(parent === "" ? "." : parent, shell.folder);
  const entries = (await shell.tree.list(place)) ?? [];
  return entries.map(({ name, kind }) => {
    const isFolder = kind === "folder" || kind === "service" || kind === "document";
    return `${parent}${name}${isFolder ? "/" : ""}`;
  });
}
