/** What a push has changed, as `npx convex` prints it. */
import type { AuthProvider, ComponentDeployment, Deployment } from "../../../deploy/types";
import { NO_INDEX_CHANGES } from "../../../engine/schemaPush";
import type { StagedPush } from "../../../runtime/stagedPush";
import type { Json, JsonObject } from "../../../values/json";
import { indexDiff } from "./analysis";

export type Served = {
  deployment: Deployment | null;
  authProviders: readonly AuthProvider[];
  /** Mounted or not. */
  componentsWithData: ReadonlySet<string>;
};

export const NO_DIFF: JsonObject = {
  authDiff: { added: [], removed: [] },
  definitionDiffs: {},
  componentDiffs: {},
};

export function finishPushDiff(before: Served, staged: StagedPush): JsonObject {
  const providers = (served: readonly AuthProvider[]) =>
    served.map((provider) => JSON.stringify(provider));
  const componentsBefore = before.deployment?.components ?? new Map<string, ComponentDeployment>();
  const { components } = staged.deployment;
  const unmounted = [...componentsBefore.keys()].filter((path) => !components.has(path));
  return {
    authDiff: difference(providers(before.authProviders), providers(staged.authProviders)),
    definitionDiffs: {},
    componentDiffs: Object.fromEntries([
      ...[...components.keys()].map((path) => [path, componentDiff(before, staged, path)] as const),
      ...unmounted.map((path) => [path, unmount(componentsBefore.get(path))] as const),
    ]),
  };
}

function componentDiff(served: Served, staged: StagedPush, path: string): JsonObject {
  const before = served.deployment?.components.get(path);
  const after = staged.deployment.components.get(path);
  const changes = staged.schemaChanges.get(path) ?? NO_INDEX_CHANGES;
  const schemas = [schemaText(before), schemaText(after)] as const;
  return {
    diffType: { type: diffType(served, path) },
    moduleDiff: difference(modulePaths(before), modulePaths(after)),
    udfConfigDiff: null,
    cronDiff: cronDiff(before, after),
    indexDiff: indexDiff(changes),
    schemaDiff:
      schemas[0] === schemas[1] ? null : { previous_schema: schemas[0], next_schema: schemas[1] },
  };
}

function diffType({ deployment, componentsWithData }: Served, path: string): string {
  if (deployment?.components.has(path) === true) return "modify";
  return path !== "" && componentsWithData.has(path) ? "remount" : "create";
}

function unmount(before: ComponentDeployment | undefined): JsonObject {
  return {
    diffType: { type: "unmount" },
    moduleDiff: difference(modulePaths(before), []),
    udfConfigDiff: null,
    cronDiff: cronDiff(before, undefined),
    indexDiff: indexDiff(NO_INDEX_CHANGES),
    schemaDiff: null,
  };
}

function cronDiff(
  before: ComponentDeployment | undefined,
  after: ComponentDeployment | undefined,
): JsonObject {
  const texts = (component: ComponentDeployment | undefined) =>
    new Map(component?.crons.map((cron) => [cron.name, JSON.stringify(cron)]));
  const [old, next] = [texts(before), texts(after)];
  const { added, removed } = difference([...old.keys()], [...next.keys()]);
  const updated = [...next].filter(([name, text]) => old.has(name) && old.get(name) !== text);
  return { added, updated: updated.map(([name]) => name), deleted: removed };
}

function modulePaths(component: ComponentDeployment | undefined): string[] {
  return component?.source.functions.map(({ path }) => path) ?? [];
}

function schemaText(component: ComponentDeployment | undefined): string | null {
  const schema = component?.schema ?? null;
  return schema === null ? null : JSON.stringify(schema);
}

function difference(before: readonly string[], after: readonly string[]) {
  const [old, next] = [new Set(before), new Set(after)];
  return {
    added: after.filter((name) => !old.has(name)) as Json[],
    removed: before.filter((name) => !next.has(name)) as Json[],
  };
}
