/** Which files of a functions folder are modules of their own, and where each of them runs. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { hasUseNodeDirective } from "./directives";
import type { Project } from "./project";
import { PushError } from "./types";

export type EntryPoints = { isolate: string[]; node: string[] };

const EXTENSIONS = [".js", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".jsx"];
/** Convex evaluates these itself, so they can never run in Node.js. */
const ALWAYS_ISOLATE = ["http", "crons", "schema", "auth.config"];
const USE_NODE_HELP =
  'Actions may live in any folder; a file that starts with "use node" runs in Node.js.';

/**
 * The modules of a project as absolute paths, by Convex's rules: no `_generated`, no dotfiles, no
 * `schema`, nothing with two dots or a space in its name, no folder that defines a component.
 *
 * @throws PushError - A file is where its kind of module cannot be, or its path cannot be a function's.
 */
export function findEntryPoints({ folder, functionsFolder }: Project): EntryPoints {
  const found: EntryPoints = { isolate: [], node: [] };
  for (const path of filesBelow(functionsFolder)) {
    const modulePath = toPosix(relative(functionsFolder, path));
    try {
      const environment = environmentOf(modulePath, path);
      if (environment !== null) found[environment].push(path);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const file = toPosix(relative(folder, path));
      throw new PushError(`${file}:1: ${error.message}`, { file, line: 1 });
    }
  }
  return found;
}

/** What is wrong with a module's path ("queries/agents.js"), or null. */
export function pathProblem(modulePath: string): string | null {
  const bad = modulePath.split("/").find((part) => !/^[A-Za-z0-9_.]+$/.test(part));
  if (bad === undefined) return null;
  return (
    `${modulePath} is not a valid path to a Convex module. Path component ${bad} can only ` +
    "contain alphanumeric characters, underscores, or periods."
  );
}

class Refusal extends Error {}

function isEntryPoint(modulePath: string): boolean {
  const base = modulePath.slice(modulePath.lastIndexOf("/") + 1);
  if (!EXTENSIONS.some((extension) => base.endsWith(extension))) return false;
  if (modulePath.startsWith("_generated/")) return false;
  if (base.startsWith(".") || base.startsWith("#")) return false;
  if (base === "schema.ts" || base === "schema.js") return false;
  // `auth.config.ts`, `convex.config.ts`, and the tests that people keep beside their functions.
  if (base.split(".").length > 2) return false;
  return !modulePath.includes(" ");
}

function environmentOf(modulePath: string, path: string): keyof EntryPoints | null {
  if (modulePath.startsWith("_deps/")) {
    throw new Refusal("the folder _deps is reserved for shared code. Rename your folder.");
  }
  if (!isEntryPoint(modulePath)) return null;
  const source = readFileSync(path, "utf8");
  // A TypeScript file without these is no module, such as one that was just created.
  if (/\.tsx?$/.test(modulePath) && !/^\s{0,100}(import|export)/m.test(source)) return null;

  const problem = pathProblem(modulePath);
  if (problem !== null) throw new Refusal(problem);
  const usesNode = hasUseNodeDirective(source);
  if (usesNode && ALWAYS_ISOLATE.includes(modulePath.replace(/\.[^/.]+$/, ""))) {
    throw new Refusal('"use node" directive is not allowed for this file.');
  }
  if (!usesNode && modulePath.startsWith("actions/")) {
    throw new Refusal(
      `every file in the actions folder must start with "use node"; and this one does not. ${USE_NODE_HELP}`,
    );
  }
  return usesNode ? "node" : "isolate";
}

function toPosix(path: string): string {
  return path.split(sep).join("/");
}

function* filesBelow(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  // The order decides which of two clashing files is named in an error; it must not depend on the disk.
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!existsSync(join(path, "convex.config.ts"))) yield* filesBelow(path);
    } else if (entry.isFile()) {
      yield path;
    }
  }
}
