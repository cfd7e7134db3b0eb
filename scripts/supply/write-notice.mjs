// npm run notice: writes crates/native/THIRD-PARTY-NOTICES.txt, which npm test compares with the
// crates.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../toolchain.mjs";
import { linkedCrates } from "./crates.mjs";
import { NOTICE, noticeOf } from "./notice.mjs";

writeFileSync(join(root, NOTICE), noticeOf(linkedCrates()));
