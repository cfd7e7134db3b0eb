// npm start: from a fresh clone to a call between two processes.
const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  process.stderr.write(
    `aster: Node 20 or newer is needed to set the workspace up, and this is ${process.version}; install a newer Node and run the same command again.\n`,
  );
  process.exit(1);
}
const { workspace } = await import("./workspace.mjs");
const { becomeApp } = await import("./program.mjs");
becomeApp(workspace(), "hello", process.argv.slice(2));
