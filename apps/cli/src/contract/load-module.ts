import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { usageFailure } from "../command/failure.ts";

let prepared = false;

/**
 * Loads a module of the user, TypeScript with decorators included. Packages of Aster and zod that
 * the module's own folder does not have are those of this command.
 */
export async function loadModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) {
    throw usageFailure(`there is no file ${path}`, "choose another path", "file.missing");
  }
  await prepare();
  const restore = allowRedefinition();
  try {
    return await import(/* @vite-ignore */ pathToFileURL(path).href);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw usageFailure(
      `the module ${path} does not load: ${problem}`,
      "correct the module",
      "module.failed",
    );
  } finally {
    restore();
  }
}

/**
 * Lets two modules define the same tag, because `aster contract diff` loads two versions of a
 * service. Returns a function that ends it.
 */
function allowRedefinition(): () => void {
  const { emitWarning } = process;
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "development";
  process.emitWarning = (warning: string | Error, ...more: unknown[]) => {
    if (String(warning).includes("The later definition counts")) return;
    Reflect.apply(emitWarning, process, [warning, ...more]);
  };
  return () => {
    process.emitWarning = emitWarning;
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  };
}

async function prepare(): Promise<void> {
  if (prepared) return;
  prepared = true;
  // the sources of this command already run with tsx
  if (!import.meta.url.endsWith(".ts")) (await import("tsx/esm/api")).register();
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!/^(@aster\/|zod(\/|$))/.test(specifier)) throw error;
        return { url: import.meta.resolve(specifier), shortCircuit: true };
      }
    },
  });
}
