/** Which component definitions a `convex.config` imports, as Convex's bundler finds them. */
import { existsSync } from "node:fs";
import { dirname, extname, relative, sep } from "node:path";
import type { OnResolveArgs, Plugin, PluginBuild } from "esbuild";
import { importPath } from "./definitions";
import type { DefinitionPath } from "./types";

export type ComponentFolder = {
  definitionPath: DefinitionPath;
  /** Absolute: it holds the component's `convex.config`, schema and functions. */
  folder: string;
};

/**
 * Leaves imported definitions out of the bundle of a `convex.config`, under the names by which
 * `evaluateDefinitions` knows them.
 *
 * @param appFolder - The app's functions folder, which the paths of definitions start from.
 * @param onImport - Hears of each import.
 */
export function componentImportsPlugin(
  appFolder: string,
  onImport: (component: ComponentFolder) => void,
): Plugin {
  return {
    name: "component-imports",
    setup(build) {
      build.onResolve({ filter: /convex\.config/ }, async (args) => {
        if (args.kind === "entry-point" || args.pluginData === RESOLVING) return undefined;
        const path = await resolveConfig(build, args);
        // Not found: esbuild says so, with the line of the import.
        if (path === null) return undefined;
        const folder = dirname(path);
        const definitionPath = relative(appFolder, folder).split(sep).join("/");
        onImport({ definitionPath, folder });
        return { path: `./${importPath(definitionPath)}`, external: true };
      });
    },
  };
}

const RESOLVING = Symbol("resolving");

/** People write "x/convex.config", with or without an extension, and ".js" for what is a ".ts" yet. */
async function resolveConfig(build: PluginBuild, args: OnResolveArgs): Promise<string | null> {
  const { path, kind, resolveDir, importer } = args;
  const extension = extname(path);
  const candidates = [path];
  if (extension === ".js") candidates.push(`${path.slice(0, -3)}.ts`);
  if (extension !== ".js" && extension !== ".ts") candidates.push(`${path}.js`, `${path}.ts`);
  for (const candidate of candidates) {
    const found = await build.resolve(candidate, {
      kind,
      resolveDir,
      importer,
      pluginData: RESOLVING,
    });
    if (found.errors.length === 0 && existsSync(found.path)) return found.path;
  }
  return null;
}
