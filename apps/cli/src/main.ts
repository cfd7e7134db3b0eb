#!/usr/bin/env node
// The program `aster`.
import process from "node:process";
import { processHost } from "./host.ts";
import { runAster } from "./run.ts";

process.exitCode = await runAster(process.argv.slice(2), processHost());
