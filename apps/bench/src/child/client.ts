import { runLoad } from "../load.ts";
import { loadClient } from "../load-stack.ts";
import { sampleNote } from "../sample.ts";
import type { StackName } from "../stack.ts";
import { answerQuestions, tell } from "./answer.ts";

const [, , name, address = ""] = process.argv;
const stack = await loadClient(name as StackName);
const client = await stack.connect(address);
await client.echo(sampleNote(0));

// performance.now() counts from the start of the process and includes loading, dialling, admission
// and one call
tell({ say: "ready", address, sinceStartMs: performance.now() });
answerQuestions((load) => runLoad(client, load));
