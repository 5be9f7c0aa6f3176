/** "use node" modules: they run in the host's own world and see Node's globals. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LinkedScript } from "../deploy/types";
import { compileLinked } from "./compileLinked";
import { inspectModule } from "./inside/inspectModule";
import type { LinkedModules, ModuleReport, Thrown } from "./inside/link";
import { describeThrown } from "./inside/thrown";

type NodeFactory = (
  require: NodeJS.Require,
  importMetaUrl: string,
  globals: NodeGlobals,
) => LinkedModules;
/** What these modules see instead of the host's: by these names, within their own script. */
export type NodeGlobals = { Convex: unknown; console: unknown; process: unknown };

export function loadNodeModules(
  script: Pick<LinkedScript, "filename" | "source">,
  globals: NodeGlobals,
): LinkedModules {
  const factory = compileLinked(script).runInThisContext() as NodeFactory;
  const base = pathToFileURL(join(process.cwd(), "convex.js")).href;
  return factory(createRequire(base), base, globals);
}

/** `process` with the deployment's variables over the host's own. */
export function nodeProcess(environment: Readonly<Record<string, string>>): unknown {
  const env = { ...process.env, ...environment };
  return new Proxy(process, {
    get(target, name) {
      if (name === "env") return env;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Runs a module in this thread, to see what it registers. */
export function inspectNodeModule(
  script: LinkedScript,
  path: string,
  environment: Readonly<Record<string, string>>,
): ModuleReport | Thrown {
  try {
    const process = nodeProcess(environment);
    const modules = loadNodeModules(script, { Convex: undefined, console, process });
    return inspectModule(modules, path);
  } catch (error) {
    return describeThrown(error);
  }
}
