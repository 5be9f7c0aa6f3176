/** From a project's folder to a push: what `npx convex dev` would send. */
import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { isBuildFailure, toPushError } from "./buildErrors";
import {
  asyncHooksPlugin,
  externalPackagesPlugin,
  noComponentsPlugin,
  serverOnlyPlugin,
  wasmPlugin,
} from "./bundlePlugins";
import { findEntryPoints } from "./entryPoints";
import { readProject, type Project } from "./project";
import { PushError, type ModuleSource, type Push } from "./types";

/**
 * Bundles the functions of a project as Convex's own bundler does.
 *
 * @throws PushError - Something in the project cannot be bundled; the message names file and line.
 */
export async function bundleProject(projectFolder: string): Promise<Push> {
  return (await bundleWithInputs(readProject(projectFolder))).push;
}

/** As `bundleProject`, with the absolute paths of all files that went in. */
export async function bundleWithInputs(
  project: Project,
): Promise<{ push: Push; inputs: ReadonlySet<string> }> {
  const entryPoints = findEntryPoints(project);
  const [isolate, node, schema, authConfig, definition] = await Promise.all([
    bundle(project, { entryPoints: entryPoints.isolate, environment: "isolate" }),
    bundle(project, {
      entryPoints: entryPoints.node,
      environment: "node",
      plugins: [externalPackagesPlugin(project.externalPackages)],
    }),
    bundleSpecialFile(project, "schema"),
    bundleSpecialFile(project, "auth.config"),
    bundleSpecialFile(project, "convex.config", [noComponentsPlugin]),
  ]);
  return {
    push: {
      definitions: [
        {
          definitionPath: "",
          functions: [...isolate.modules, ...node.modules],
          schema: schema.modules[0] ?? null,
          authConfig: authConfig.modules[0] ?? null,
          definition: definition.modules[0] ?? null,
          dependencies: [],
        },
      ],
    },
    inputs: new Set(
      [isolate, node, schema, authConfig, definition].flatMap((bundled) => bundled.inputs),
    ),
  };
}

type Bundled = { modules: ModuleSource[]; inputs: string[] };

/** Bundles `schema.ts` and the like, which become one module each, if they exist. */
async function bundleSpecialFile(
  project: Project,
  name: string,
  plugins: Plugin[] = [],
): Promise<Bundled> {
  const candidates = [".ts", ".js"]
    .map((extension) => join(project.functionsFolder, name + extension))
    .filter((path) => existsSync(path));
  if (candidates.length > 1) {
    throw new PushError(`Found both ${candidates.join(" and ")}, choose one.`, {
      file: relative(project.folder, candidates[0] ?? ""),
    });
  }
  return await bundle(project, {
    entryPoints: candidates,
    environment: "isolate",
    plugins,
    splitting: false,
  });
}

async function bundle(
  project: Project,
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
    absWorkingDir: project.folder,
    outbase: project.functionsFolder,
    platform: environment === "node" ? "node" : "browser",
    chunkNames: environment === "node" ? "_deps/node/[hash]" : "_deps/[hash]",
    splitting,
    plugins:
      environment === "node"
        ? [serverOnlyPlugin, ...plugins, wasmPlugin]
        : [asyncHooksPlugin, serverOnlyPlugin, ...plugins, wasmPlugin],
  });

  const out = resolve(project.folder, OUT_FOLDER);
  const texts = new Map(
    result.outputFiles.map(({ path, text }) => [relative(out, path).split(sep).join("/"), text]),
  );
  const modules: ModuleSource[] = [];
  for (const [path, source] of texts) {
    if (path.endsWith(".map")) continue;
    modules.push({ path, source, sourceMap: texts.get(`${path}.map`) ?? null, environment });
  }
  return { modules, inputs: inputFiles(project, result.metafile) };
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

function inputFiles(project: Project, metafile: Metafile): string[] {
  return Object.keys(metafile.inputs)
    .filter((path) => !path.includes(":"))
    .map((path) => resolve(project.folder, path));
}
