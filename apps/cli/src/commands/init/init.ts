import type { Run } from "../../command/spec.ts";
import { makeProject } from "../../init/make-project.ts";
import type { TemplateName } from "../../init/template.ts";

export const init: Run = async (context, { args: [given = ""], options }) => {
  const dir = context.path(given);
  const { packages } = options;
  const commands = await makeProject(dir, {
    template: options.template as TemplateName,
    tarballs: typeof packages === "string" ? context.path(packages) : undefined,
  });
  context.result({ dir, commands }, () =>
    [`made ${dir}; next:`, ...[`cd ${given}`, ...commands].map((line) => `  ${line}`)].join("\n"),
  );
  return 0;
};
