/** One run of esbuild over modules of a project, with the settings of Convex's own bundler. */
import { relative, resolve, sep } from "node:path";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { isBuildFailure, toPushError } from "./buildErrors";
import { asyncHooksPlugin, serverOnlyPlugin, wasmPlugin } from "./bundlePlugins";
import type { Project } from "./project";
import type { ModuleSource } from "./types";

export type Bundled = {
  modules: ModuleSource[];
  /** Absolute paths of all files that went in. */
  inputs: string[];
};

/** @throws PushError - A file cannot be bundled; the message names file and line. */
export async function bundle(
  { folder, functionsFolder }: Project,
  {
    entryPoints,
    environment,
    plugins = [],
    splitting = true,
  }: {
    entryPoints: string[];
    environment: ModuleSource["environment"];
    plugins?: Plugin[];
    splitting?: boolean;
  },
): Promise<Bundled> {
  if (entryPoints.length === 0) return { modules: [], inputs: [] };
  const result = await runEsbuild({
    ...OPTIONS,
    entryPoints,
    absWorkingDir: folder,
    outbase: functionsFolder,
    platform: environment === "node" ? "node" : "browser",
    chunkNames: environment === "node" ? "_deps/node/[hash]" : "_deps/[hash]",
    splitting,
    plugins:
      environment === "node"
        ? [serverOnlyPlugin, ...plugins, wasmPlugin]
        : [asyncHooksPlugin, serverOnlyPlugin, ...plugins, wasmPlugin],
  });

  const out = resolve(folder, OUT_FOLDER);
  const texts = new Map(
    result.outputFiles.map(({ path, text }) => [relative(out, path).split(sep).join("/"), text]),
  );
  const modules: ModuleSource[] = [];
  for (const [path, source] of texts) {
    if (path.endsWith(".map")) continue;
    modules.push({ path, source, sourceMap: texts.get(`${path}.map`) ?? null, environment });
  }
  return { modules, inputs: inputFiles(folder, result.metafile) };
}

/** Only a name: nothing is written. Stacks show paths relative to it, as Convex does ("../convex/a.ts"). */
const OUT_FOLDER = "out";

/**
 * Convex's settings, but for `minifyIdentifiers` and `keepNames`: names are kept by not changing them.
 * (With `keepNames` each closure is labelled when it is made, which costs 7 µs in every call, since the
 * `convex` package makes dozens of closures for each `ctx`.)
 */
const OPTIONS = {
  bundle: true,
  format: "esm",
  target: "esnext",
  jsx: "automatic",
  outdir: OUT_FOLDER,
  conditions: ["convex", "module"],
  write: false,
  sourcemap: "external",
  sourcesContent: false,
  treeShaking: true,
  define: { "process.env.NODE_ENV": '"production"' },
  metafile: true,
  logLevel: "silent",
} as const satisfies BuildOptions;

type EsbuildOptions = BuildOptions & { write: false; metafile: true };

async function runEsbuild(options: EsbuildOptions) {
  try {
    return await build<EsbuildOptions>(options);
  } catch (error) {
    throw isBuildFailure(error) ? toPushError(error) : error;
  }
}

function inputFiles(folder: string, metafile: Metafile): string[] {
  return Object.keys(metafile.inputs)
    .filter((path) => !path.includes(":"))
    .map((path) => resolve(folder, path));
}
