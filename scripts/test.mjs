// npm test: runs every check and test. The last line is "N passed, N failed".
const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  process.stderr.write(
    `aster: Node 20 or newer is needed to run the tests, and this is ${process.version}; install a newer Node and run the same command again.\n`,
  );
  process.exit(1);
}
const { runChecks } = await import("./checks.mjs");
process.exit(await runChecks(process.argv.slice(2)));
