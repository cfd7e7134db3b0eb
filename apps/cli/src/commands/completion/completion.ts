import { script } from "@bomb.sh/tab";
import type { Run } from "../../command/spec.ts";

export const completion: Run = async (_, { args: [shell = ""] }) => {
  // the script calls: aster complete -- WORDS
  script(shell, "aster", "aster");
  return 0;
};
