import type { GroupSpec } from "../command/spec.ts";

export const profile: GroupSpec = {
  name: "profile",
  summary: "Profiles of the operator, one for each mesh",
  commands: [
    {
      name: "create",
      summary: "Make a profile",
      details:
        "The first profile becomes the active one. It has no root key until `aster keygen root`.",
      args: [{ name: "<name>", text: "letters, digits, dashes and underscores" }],
      examples: ["aster profile create prod"],
      load: async () => (await import("./profile/create.ts")).create,
    },
    {
      name: "list",
      summary: "List the profiles",
      examples: ["aster profile list"],
      load: async () => (await import("./profile/list.ts")).list,
    },
    {
      name: "use",
      summary: "Make a profile the active one",
      details: "ASTER_PROFILE replaces the active profile for one command.",
      args: [{ name: "<name>", text: "the profile" }],
      examples: ["aster profile use prod"],
      load: async () => (await import("./profile/use.ts")).use,
    },
    {
      name: "show",
      summary: "Show a profile",
      args: [{ name: "[name]", text: "the profile (default: the active one)" }],
      examples: ["aster profile show prod --json"],
      load: async () => (await import("./profile/show.ts")).show,
    },
    {
      name: "delete",
      summary: "Delete a profile and its root key in the keyring",
      details: "A root key in a file stays.",
      args: [{ name: "<name>", text: "the profile" }],
      options: [{ flags: "-y, --yes", text: "do not ask" }],
      examples: ["aster profile create old", "aster profile delete old --yes"],
      load: async () => (await import("./profile/delete.ts")).remove,
    },
  ],
};
