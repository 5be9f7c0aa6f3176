/** What a push was found to be, in the shapes in which the CLI expects it. */
import { version } from "convex";
import type {
  AnalyzedDefinition,
  AnalyzedFunction,
  ComponentDeployment,
  Deployment,
} from "../../../deploy/types";
import type { IndexChanges, IndexRef } from "../../../engine/schemaPush";
import type { StagedPush } from "../../../runtime/stagedPush";
import type { Json, JsonObject } from "../../../values/json";

/** @param id - Comes back with `wait_for_schema` and `finish_push`, in the part that both get. */
export function startPushReply(staged: StagedPush, id: string): JsonObject {
  const { deployment } = staged;
  return {
    environmentVariables: { ...staged.variables },
    externalDepsId: null,
    componentDefinitionPackages: {},
    appAuth: staged.authProviders.map((provider) => ({ ...provider })),
    analysis: Object.fromEntries(
      [...deployment.definitions].map(([path, definition]) => [path, analysisOf(definition)]),
    ),
    app: checkedComponent(deployment, ""),
    schemaChange: schemaChange(staged, id),
  };
}

export function schemaChange(staged: StagedPush, id: string): JsonObject {
  const paths = [...staged.schemaChanges.keys()];
  return {
    allocatedComponentIds: {},
    schemaIds: Object.fromEntries(paths.map((path) => [path, id])),
    indexDiffs: Object.fromEntries(
      [...staged.schemaChanges].map(([path, changes]) => [path, indexDiff(changes)]),
    ),
  };
}

export function indexDiff(changes: IndexChanges): JsonObject {
  return {
    added_indexes: changes.addedIndexes.map(indexConfig),
    removed_indexes: changes.removedIndexes.map(indexConfig),
    enabled_indexes: changes.enabledIndexes.map(indexConfig),
    disabled_indexes: changes.disabledIndexes.map(indexConfig),
  };
}

/** An index in the form in which the CLI prints it. */
export function indexConfig({ table, spec, staged }: IndexRef): JsonObject {
  return { ...configOf(table, spec), staged };
}

function configOf(table: string, spec: IndexRef["spec"]): JsonObject {
  const name = `${table}.${spec.name}`;
  switch (spec.kind) {
    case "database":
      return { name, type: "database", fields: [...spec.fields] };
    case "text":
      return {
        name,
        type: "search",
        searchField: spec.searchField,
        filterFields: [...spec.filterFields],
      };
    case "vector":
      return {
        name,
        type: "vector",
        dimensions: spec.dimensions,
        vectorField: spec.vectorField,
        filterFields: [...spec.filterFields],
      };
  }
}

const UDF_TYPES = { query: "Query", mutation: "Mutation", action: "Action" } as const;

function analysisOf(analyzed: AnalyzedDefinition): JsonObject {
  const { definition, schema, source } = analyzed;
  const modules = source.functions.filter(({ path }) => !path.startsWith("_deps/"));
  return {
    definition: definition as unknown as JsonObject,
    schema: schema as unknown as Json,
    functions: Object.fromEntries(
      modules.map(({ path }) => [path, moduleAnalysis(analyzed, path)]),
    ),
    udfConfig: {
      serverVersion: version,
      importPhaseRngSeed: null,
      importPhaseUnixTimestamp: null,
    },
  };
}

function moduleAnalysis({ functions, httpRoutes }: AnalyzedDefinition, path: string): JsonObject {
  const own = functions.filter(({ modulePath }) => `${modulePath}.js` === path);
  return {
    functions: own.flatMap(functionAnalysis),
    httpRoutes: path === "http.js" ? (httpRoutes?.map((route) => ({ ...route })) ?? null) : null,
    cronSpecs: null,
    sourceMapped: null,
  };
}

function functionAnalysis(spec: AnalyzedFunction): JsonObject[] {
  if (spec.kind === "httpAction") return [];
  return [
    {
      name: spec.exportName,
      pos: null,
      udfType: UDF_TYPES[spec.kind],
      visibility: { kind: spec.visibility },
      args: JSON.stringify(spec.args),
      returns: JSON.stringify(spec.returns),
    },
  ];
}

/** An instance with its children. The CLI checks their shape, and reads none of `args` and `exports`. */
function checkedComponent(deployment: Deployment, componentPath: string): JsonObject {
  const component = deployment.components.get(componentPath) as ComponentDeployment;
  return {
    definitionPath: component.definitionPath,
    componentPath,
    args: {},
    childComponents: Object.fromEntries(
      [...component.children].map(([name, path]) => [name, checkedComponent(deployment, path)]),
    ),
    httpRoutes: {
      httpModuleRoutes: component.httpRoutes?.map((route) => ({ ...route })) ?? null,
      mounts: component.httpMounts.map(({ prefix }) => prefix),
    },
    exports: {},
  };
}
