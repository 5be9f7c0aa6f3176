/** The endpoints of pushes: `npx convex dev`, `deploy` and `codegen`. */
import { version } from "convex";
import { PushError } from "../../../deploy/types";
import { raceDetected, type StagedPush } from "../../../runtime/stagedPush";
import { RequestError } from "../../../runtime/types";
import type { Json, JsonObject } from "../../../values/json";
import type { IndexRef } from "../../../engine/schemaPush";
import type { ApiCall, Route } from "../api";
import { badBody, readJsonObject } from "../body";
import { json, type Reply } from "../reply";
import { indexConfig, schemaChange, startPushReply } from "./analysis";
import { finishPushDiff, NO_DIFF } from "./pushDiff";
import { moduleHashes, parsePushRequest, toPush } from "./pushRequest";

/** A push of a large project, uncompressed. */
const PUSH_BYTES_MAX = 128 * 1024 * 1024;
/** The CLI asks again at once; so often it shows how far it is. */
const PROGRESS_EVERY_MS = 1_000;

export const DEPLOY_ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  "/api/get_config_hashes": { POST: configHashes },
  "/api/deploy2/start_push": { POST: startPush },
  "/api/deploy2/evaluate_push": { POST: evaluatePush },
  "/api/deploy2/evaluate_schema": { POST: evaluateSchema },
  "/api/deploy2/wait_for_schema": { POST: waitForSchema },
  "/api/deploy2/finish_push": { POST: finishPush },
  "/api/deploy2/report_push_completed": { POST: reportPushCompleted },
};

/** By which the CLI knows which modules it need not send. */
async function configHashes(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  return reply({
    config: { functions: "convex/" },
    moduleHashes: moduleHashes(call.runtime.deployment()),
    nodeDependencies: [],
    udfServerVersion: version,
  });
}

async function startPush(call: ApiCall): Promise<Reply> {
  const staged = await stage(call);
  return reply(startPushReply(staged, call.stagedPushes.add(staged)));
}

/** What a push would do to the tables, without beginning it. */
async function evaluatePush(call: ApiCall): Promise<Reply> {
  return reply({ schemaChange: schemaChange(await stage(call), "") });
}

/**
 * Which indexes a push brings and drops, and of how large tables: the CLI warns before large ones. What the
 * check of stored documents will cost is not foretold.
 */
async function evaluateSchema(call: ApiCall): Promise<Reply> {
  const staged = await stage(call);
  const before = call.runtime.deployment()?.definitions;
  return reply({
    componentSchemaEvaluations: Object.fromEntries(
      [...staged.deployment.components.values()].map(({ componentPath, ...component }) => [
        componentPath,
        {
          definitionPath: component.definitionPath,
          schemaValidation: component.schema?.schemaValidation ?? false,
          tables: [],
          indexes: indexPredictions(staged, componentPath),
        },
      ]),
    ),
    newComponentDefinitions: [...staged.deployment.definitions.keys()].filter(
      (path) => before?.has(path) !== true,
    ),
  });
}

function indexPredictions(staged: StagedPush, componentPath: string): JsonObject[] {
  const changes = staged.schemaChanges.get(componentPath);
  const predict = (change: string, needsBackfill: boolean) => (index: IndexRef) => ({
    ...indexConfig(index),
    change,
    needsBackfill,
    numDocs: staged.documentCount(componentPath, index.table),
  });
  return [
    ...(changes?.addedIndexes.map(predict("added", true)) ?? []),
    ...(changes?.removedIndexes.map(predict("dropped", false)) ?? []),
    ...(changes?.enabledIndexes.map(predict("enabled", false)) ?? []),
    ...(changes?.disabledIndexes.map(predict("disabled", false)) ?? []),
  ];
}

/** Answers when the push is ready, and now and then before, with how far it is. */
async function waitForSchema(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  const body = await readJsonObject(call.request);
  const staged = call.stagedPushes.find(pushId(body["schemaChange"]));
  if (staged === null) return reply({ type: "raceDetected" });
  const timeoutMs = typeof body["timeoutMs"] === "number" ? body["timeoutMs"] : PROGRESS_EVERY_MS;
  await within(Math.min(timeoutMs, PROGRESS_EVERY_MS), staged.prepare());
  return reply(schemaStatus(staged));
}

function schemaStatus(staged: StagedPush): JsonObject {
  switch (staged.state.kind) {
    case "checked":
    case "preparing":
      return { type: "inProgress", components: progressOf(staged) };
    case "prepared":
    case "served":
      return { type: "complete" };
    case "overtaken":
      return { type: "raceDetected" };
    case "failed":
      return failure(staged.state.error);
  }
}

/** @throws What is no refusal of the push. */
function failure(error: unknown): JsonObject {
  if (!(error instanceof PushError)) throw error;
  const { table, componentPath } = error.details;
  return {
    type: "failed",
    error: error.message,
    componentPath: typeof componentPath === "string" ? componentPath : "",
    tableName: typeof table === "string" ? table : null,
  };
}

function progressOf(staged: StagedPush): JsonObject {
  return Object.fromEntries(
    [...staged.progress()].map(([path, { indexesTotal, indexesReady, isChecked }]) => [
      path,
      { schemaValidationComplete: isChecked, indexesComplete: indexesReady, indexesTotal },
    ]),
  );
}

async function finishPush(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  const body = await readJsonObject(call.request, PUSH_BYTES_MAX);
  const { startPush: started, dryRun } = body;
  const id = pushId(isObject(started) ? started["schemaChange"] : undefined);
  const staged = call.stagedPushes.find(id);
  if (dryRun === true) {
    await staged?.abandon();
    return reply(NO_DIFF);
  }
  const before = {
    deployment: call.runtime.deployment(),
    authProviders: call.runtime.authProviders(),
    componentsWithData: componentsWithData(staged),
  };
  await refusing(() => {
    if (staged === null) throw raceDetected();
    return staged.serve();
  });
  call.stagedPushes.delete(id);
  return reply(staged === null ? NO_DIFF : finishPushDiff(before, staged));
}

function componentsWithData(staged: StagedPush | null): ReadonlySet<string> {
  const paths = [...(staged?.deployment.components.keys() ?? [])];
  return new Set(paths.filter((path) => staged?.hasDocuments(path)));
}

/** How long the CLI took for which step; nobody here wants to know. */
async function reportPushCompleted(call: ApiCall): Promise<Reply> {
  await call.requireAdmin();
  return json("null");
}

async function stage(call: ApiCall): Promise<StagedPush> {
  await call.requireAdmin();
  const request = parsePushRequest(await readJsonObject(call.request, PUSH_BYTES_MAX));
  return await refusing(() => call.runtime.stagePush(toPush(request, call.runtime.deployment())));
}

/** Tells a push's refusal in the form in which the CLI prints it. */
async function refusing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof PushError)) throw error;
    const { code } = error.details;
    throw new RequestError(
      400,
      typeof code === "string" ? code : "InvalidPush",
      `Hit an error while pushing:\n${error.message}`,
    );
  }
}

/** The push that a `schemaChange` of ours belongs to: it is under the app's path. */
function pushId(change: Json | undefined): string {
  const ids = isObject(change) ? change["schemaIds"] : undefined;
  const id = isObject(ids) ? ids[""] : undefined;
  if (typeof id === "string") return id;
  throw badBody("The request does not say which push it belongs to: start_push has told it.");
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function within(ms: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function reply(value: JsonObject): Reply {
  return json(JSON.stringify(value));
}
