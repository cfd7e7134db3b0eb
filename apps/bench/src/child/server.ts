import { loadServer } from "../load-stack.ts";
import type { StackName } from "../stack.ts";
import { answerQuestions, tell } from "./answer.ts";

const stack = await loadServer(process.argv[2] as StackName);
const server = await stack.serve();

answerQuestions(() => Promise.reject(new Error("a server process carries no load of its own")));
tell({ say: "ready", address: server.address, sinceStartMs: performance.now() });
