/** From pushed modules to one script for each environment, which `vm` can run without its ESM support. */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { isBuildFailure, toPushError, type Position } from "./buildErrors";
import { normalizedSourceMap, PositionMap } from "./sourceMaps";
import type { LinkedScript, ModuleSource } from "./types";

/**
 * Links modules into a script that evaluates to `{[path]: () => exports}`. Each module runs when its
 * function is first called, after the modules it imports, so that one which throws breaks only those
 * that import it. For "node" the script evaluates to a function that gives this object; its arguments are
 * `require`, an `import.meta.url`, and the globals that differ from the host's.
 *
 * @throws PushError - A module imports something that was not pushed, or uses top-level `await`.
 */
export async function linkModules(
  modules: readonly ModuleSource[],
  environment: ModuleSource["environment"],
): Promise<LinkedScript> {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const entryPaths = modules.map(({ path }) => path).filter((path) => !path.startsWith("_deps/"));
  const entries = entryPaths.map(
    (path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(path)})`,
  );
  const options = {
    ...OPTIONS,
    ...(environment === "node" ? NODE_OPTIONS : ISOLATE_OPTIONS),
    stdin: { contents: `export const modules = {\n${entries.join(",\n")}\n};`, sourcefile: ENTRY },
    plugins: [pushedModulesPlugin(byPath, environment)],
  } as const satisfies BuildOptions;
  try {
    const { outputFiles } = await build<typeof options>(options);
    const [source, sourceMap] = [".js", ".map"].map(
      (extension) => outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? "",
    ) as [string, string];
    const hash = createHash("sha256").update(source).digest("hex").slice(0, 12);
    return {
      filename: `${SCRIPT_SCHEME}${hash}`,
      source,
      sourceMap: withoutNamespace(sourceMap),
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw toPushError(error, (position) => originalPosition(byPath, position));
  }
}

/** Stack frames of linked code start with this; it cannot be the beginning of a file's path. */
export const SCRIPT_SCHEME = "convex:";

const NAMESPACE = "pushed";
const ENTRY = "entry.js";

const OPTIONS = {
  bundle: true,
  target: "esnext",
  outfile: "linked.js",
  write: false,
  sourcemap: "external",
  sourcesContent: false,
  logLevel: "silent",
  // Pushed modules have been through tree shaking already, and each of their exports may be called.
  treeShaking: false,
} as const satisfies BuildOptions;

// ES modules are strict code, scripts are not by themselves.
const ISOLATE_OPTIONS = {
  platform: "neutral",
  format: "iife",
  globalName: "linked",
  banner: { js: '(() => { "use strict";' },
  footer: { js: "return linked.modules; })()" },
} as const satisfies BuildOptions;

const NODE_OPTIONS = {
  platform: "node",
  format: "cjs",
  define: { "import.meta.url": "importMetaUrl" },
  banner: {
    js: '((require, importMetaUrl, globals) => { "use strict"; const { Convex, console, process } = globals; const module = { exports: {} }; const exports = module.exports;',
  },
  footer: { js: "return module.exports.modules; })" },
} as const satisfies BuildOptions;

function pushedModulesPlugin(
  modules: ReadonlyMap<string, ModuleSource>,
  environment: ModuleSource["environment"],
): Plugin {
  return {
    name: "pushed-modules",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
        const modulePath = /^\.\.?\//.test(path) ? posix.join(posix.dirname(importer), path) : path;
        if (modules.has(modulePath)) return { path: modulePath, namespace: NAMESPACE };
        if (environment === "node") return { path, external: true };
        return { errors: [{ text: `Could not resolve "${path}"` }] };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
        const module = modules.get(path);
        return { contents: module ? withInlineMap(module) : "", loader: "js" };
      });
    },
  };
}

/** With its source map inline, esbuild maps the linked script to the sources of the source. */
function withInlineMap(module: ModuleSource): string {
  const code = module.source.replace(/\n\/\/# sourceMappingURL=[^\n]*\s*$/, "\n");
  const map = normalizedSourceMap(module);
  if (map === null) return code;
  const base64 = Buffer.from(map).toString("base64");
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${base64}`;
}

function withoutNamespace(sourceMap: string): string {
  return sourceMap.replaceAll(`"${NAMESPACE}:`, '"');
}

function originalPosition(
  modules: ReadonlyMap<string, ModuleSource>,
  position: Position,
): Position {
  const module = modules.get(position.file.replace(`${NAMESPACE}:`, ""));
  if (module === undefined) return position;
  const found = new PositionMap(normalizedSourceMap(module)).find(position.line, position.column);
  const { file, ...at } = found ?? { ...position, file: module.path };
  return { file: file.replace(/^\.\.\//, ""), ...at };
}
