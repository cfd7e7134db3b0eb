// The Python package as a peer: its virtual environment, its processes and its values.
export { PythonCommands, type PythonError } from "./commands.ts";
export { pythonWithAster, pythonWithFory } from "./environment.ts";
export { pythonScript } from "./script.ts";
export { fromPython, toPython } from "./values.ts";
