import { usageFailure } from "../command/failure.ts";
import { blobsFolder } from "./folders/blobs-folder.ts";
import { docsFolder } from "./folders/docs-folder.ts";
import { type Entry, type Folder, missing } from "./folders/folder.ts";
import { gossipFolder } from "./folders/gossip-folder.ts";
import { registryFolder } from "./folders/registry-folder.ts";
import { servicesFolder } from "./folders/services-folder.ts";
import type { ShellPeer } from "./shell-peer.ts";

/** The place of a path: a folder of the root and the rest; no folder for the root itself. */
export interface TreePlace {
  readonly path: readonly string[];
  readonly folder: Folder | undefined;
  readonly rest: readonly string[];
}

/** The folders of a peer: `/services`, and with a registry also its contents. */
export class Tree {
  readonly folders: readonly Folder[];

  constructor(peer: ShellPeer) {
    const registered = [registryFolder, blobsFolder, docsFolder, gossipFolder];
    const makers = peer.registryAddress === undefined ? [] : registered;
    this.folders = [servicesFolder, ...makers].map((make) => make(peer));
  }

  /** Returns the place of a path, which starts at `from` unless it starts with `/`. */
  place(text: string, from: readonly string[]): TreePlace {
    const path = pathOf(text, from);
    const [name, ...rest] = path;
    if (name === undefined) return { path, folder: undefined, rest };
    const folder = this.folders.find((each) => each.name === name);
    if (folder !== undefined) return { path, folder, rest };
    throw missing(
      `/${name}`,
      name,
      this.folders.map((each) => each.name),
    );
  }

  /** The entries of a folder, `undefined` for a place that is not a folder. */
  async list({ folder, rest }: TreePlace): Promise<readonly Entry[] | undefined> {
    if (folder !== undefined) return await folder.list(rest);
    return this.folders.map(({ name, note }) => ({ name, kind: "folder", note }));
  }
}

/** The parts of a path. */
export function pathOf(text: string, from: readonly string[]): readonly string[] {
  const path = text.startsWith("/") ? [] : [...from];
  for (const part of text.split("/")) {
    if (part === "..") path.pop();
    else if (part !== "" && part !== ".") path.push(part);
  }
  return path;
}

/** The failure of a command that a place does not have. */
export function unsuitable(command: string, { path }: TreePlace): Error {
  const hint = "see what there is with: ls";
  return usageFailure(`${command} does not work for /${path.join("/")}`, hint, "shell.command");
}
