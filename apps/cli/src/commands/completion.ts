import type { CommandSpec } from "../command/spec.ts";

export const completion: CommandSpec = {
  name: "completion",
  summary: "Print the completion script of a shell",
  details: "Load it in the start file of the shell: source <(aster completion bash).",
  args: [{ name: "<shell>", text: "the shell", choices: ["bash", "zsh", "fish"] }],
  examples: ["aster completion bash"],
  load: async () => (await import("./completion/completion.ts")).completion,
};
