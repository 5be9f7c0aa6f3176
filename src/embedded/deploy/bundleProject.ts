/** From a project's folder to a push: what `npx convex dev` would send. */
import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Plugin } from "esbuild";
import { bundle, type Bundled } from "./bundle";
import { externalPackagesPlugin } from "./bundlePlugins";
import { componentImportsPlugin, type ComponentFolder } from "./componentImports";
import { findEntryPoints } from "./entryPoints";
import { readProject, type Project } from "./project";
import { PushError, type DefinitionSource, type Push } from "./types";

/**
 * Bundles the functions of a project and of the components it uses as Convex's own bundler does.
 *
 * @throws PushError - Something in the project cannot be bundled; the message names file and line.
 */
export async function bundleProject(projectFolder: string): Promise<Push> {
  return (await bundleWithInputs(readProject(projectFolder))).push;
}

export type BundledProject = {
  push: Push;
  /** Absolute paths of all files that went in. */
  inputs: ReadonlySet<string>;
  /** Absolute paths of the components' folders: a new file in one is a new module. */
  componentFolders: readonly string[];
};

/** As `bundleProject`, with what it was made of. */
export async function bundleWithInputs(project: Project): Promise<BundledProject> {
  const inputs = new Set<string>();
  const bundled = new Map<string, DefinitionSource>();
  const found = new Map([["", project.functionsFolder]]);
  // Grows while it is walked: bundling a definition finds those that it imports.
  for (const [definitionPath, folder] of found) {
    const { source, imports, files } = await bundleDefinition(project, { definitionPath, folder });
    bundled.set(definitionPath, source);
    for (const file of files) inputs.add(file);
    for (const component of imports) found.set(component.definitionPath, component.folder);
  }
  return {
    push: { definitions: [...bundled.values()] },
    inputs,
    componentFolders: [...found.values()].slice(1),
  };
}

async function bundleDefinition(project: Project, { definitionPath, folder }: ComponentFolder) {
  const isApp = definitionPath === "";
  const own: Project = isApp ? project : { ...project, functionsFolder: folder };
  const entryPoints = findEntryPoints(own);
  if (!isApp) refuseNodeModules(own, entryPoints.node);
  const imports = new Map<string, ComponentFolder>();
  const importsPlugin = componentImportsPlugin(project.functionsFolder, (component) => {
    imports.set(component.definitionPath, component);
  });
  const none: Bundled = { modules: [], inputs: [] };
  const [isolate, node, schema, authConfig, definition] = await Promise.all([
    bundle(own, { entryPoints: entryPoints.isolate, environment: "isolate" }),
    bundle(own, {
      entryPoints: entryPoints.node,
      environment: "node",
      plugins: [externalPackagesPlugin(project.externalPackages)],
    }),
    bundleSpecialFile(own, "schema"),
    isApp ? bundleSpecialFile(own, "auth.config") : none,
    bundleSpecialFile(own, "convex.config", [importsPlugin]),
  ]);
  const source: DefinitionSource = {
    definitionPath,
    functions: [...isolate.modules, ...node.modules],
    schema: schema.modules[0] ?? null,
    authConfig: authConfig.modules[0] ?? null,
    definition: definition.modules[0] ?? null,
    dependencies: [...imports.keys()],
  };
  const files = [isolate, node, schema, authConfig, definition].flatMap(({ inputs }) => inputs);
  return { source, imports: [...imports.values()], files };
}

function refuseNodeModules({ folder, functionsFolder }: Project, modules: string[]): void {
  const [path] = modules;
  if (path === undefined) return;
  const file = relative(folder, path).split(sep).join("/");
  throw new PushError(
    `${file}:1: "use node" directive is not supported in components. Remove it from the component at: ${functionsFolder}.`,
    { file, line: 1 },
  );
}

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
