/**
 * What callers of the compatible API bring with a run: a conversation that its models read in place of the session's,
 * tools that the caller answers, and settings.
 */
import { v, type Infer } from "convex/values";
import { approvalNeeded, type ToolClass } from "../../../src/core/tools";
import { skillTool } from "../../../src/skills/tools";
import { toolNamed } from "../../../src/tools/registry";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { vGivenSizes } from "../../validators";
import type { TenantScope } from "../access";
import { toDescribed, type RunSkill } from "../skills/runnable";
import * as Storage from "../storage";

/** What a worker has to know of what was given, without the whole of it. */
export const vGivenToRead = v.object({
  sizes: vGivenSizes,
  toolNames: v.array(v.string()),
  isKept: v.boolean(),
});
export type GivenToRead = Infer<typeof vGivenToRead>;

export type NewRequest = Omit<Doc<"run_requests">, "_id" | "_creationTime" | "tenantId" | "runId">;

/**
 * Writes down what was given for a run that was just begun.
 *
 * @throws limit_reached - It is so long that it has to be a file, and the tenant's plan has no room for it.
 */
export async function add(
  ctx: MutationCtx,
  scope: TenantScope,
  {
    run,
    request,
    isAttended,
    nowMs,
  }: { run: Doc<"runs">; request: NewRequest; isAttended: boolean; nowMs: number },
): Promise<void> {
  const { tenantId, _id: runId, sessionId } = run;
  const { given } = request;
  if (given.kind === "file") {
    const { storageId } = given;
    const file = { storageId, purpose: "request", name: `request-${runId}`, sessionId } as const;
    await Storage.claim(ctx, scope, { ...file, createdAt: nowMs });
  }
  const requestId = await ctx.db.insert("run_requests", { ...request, tenantId, runId });
  await ctx.db.patch("runs", runId, { requestId, ...(isAttended && { isAttended }) });
}

/** What was given for the run; null: nothing was, or it has gone with the run's end. */
export async function of(ctx: QueryCtx, run: Doc<"runs">): Promise<Doc<"run_requests"> | null> {
  return run.requestId === undefined ? null : await ctx.db.get("run_requests", run.requestId);
}

export function toRead({ sizes, toolNames, isKept }: Doc<"run_requests">): GivenToRead {
  return { sizes, toolNames, isKept };
}

/** Nobody reads it any more. */
export async function endWith(ctx: MutationCtx, run: Doc<"runs">): Promise<void> {
  const request = await of(ctx, run);
  if (request === null || request.isKept) return;
  await remove(ctx, request);
}

/** Deletes what was given, and its file. */
export async function remove(ctx: MutationCtx, { _id, given }: Doc<"run_requests">): Promise<void> {
  await ctx.db.delete("run_requests", _id);
  if (given.kind === "file") await removeFile(ctx, given.storageId);
}

async function removeFile(ctx: MutationCtx, storageId: Id<"_storage">): Promise<void> {
  const file = await ctx.db
    .query("files")
    .withIndex("by_storage_id", (q) => q.eq("storageId", storageId))
    .first();
  if (file !== null) await Storage.remove(ctx, file);
}

/**
 * The run's agent as it answers this request: without tools that wait for people, for whoever asks waits, too; and
 * where a model is called by its own name, with nothing but its bounds. Null: it does not exist any more.
 */
export async function agentFor(
  ctx: QueryCtx,
  run: Doc<"runs">,
  request: Doc<"run_requests"> | null,
): Promise<Doc<"agents"> | null> {
  const agent = await ctx.db.get("agents", run.agentId);
  return agent === null || request === null ? agent : asAnswering(agent, request);
}

/** As it answers a request that somebody waits for. */
export function asAnswering(
  agent: Doc<"agents">,
  request: Pick<NewRequest, "model">,
): Doc<"agents"> {
  if (request.model !== undefined) return asModel(agent, request.model);
  const tools = (agent.tools ?? []).filter(
    ({ name, approval }) => approvalNeeded(toolNamed(name).toolClass, approval) === null,
  );
  return { ...agent, tools };
}

/** What stands in no request of the client's must not be said before it. */
function asModel(agent: Doc<"agents">, model: NonNullable<NewRequest["model"]>): Doc<"agents"> {
  const { temperature: _temperature, reasoningEffort: _effort, ...rest } = agent;
  const nothing = { systemPrompt: "", tools: [], skills: [], fallbackModels: [] };
  return { ...rest, ...nothing, ...model, consensusEnabled: false };
}

/** Whether the skill's calls need nobody's approval. */
export function needsNobody(skill: RunSkill): boolean {
  return approvalNeeded(classOf(skill), skill.approval) === null;
}

function classOf(skill: RunSkill): ToolClass {
  if (skill.http === undefined) return "pure";
  return skillTool(toDescribed([skill]), skill.skillId)?.toolClass ?? "effect";
}
