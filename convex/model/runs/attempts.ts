/** Attempts: the upstream calls of a step, one row's worth of them. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import type { Attempt, PassedOver } from "../../validators";
import type { TenantScope } from "../access";

type Called = Pick<Doc<"run_steps">, "provider" | "model" | "index"> &
  Pick<Attempt, "promptChars" | "messageId"> & { passedOver?: PassedOver[] };

/**
 * Another attempt of the step that is under way, or the first of a new one.
 *
 * @param step - The one that is under way, if any is.
 * @param compactsUpToTurn - The step is for a summary, up to that turn.
 */
export async function addAttempt(
  ctx: MutationCtx,
  run: Doc<"runs">,
  {
    call: { provider, model, promptChars, messageId, index, passedOver = [] },
    step,
    compactsUpToTurn,
    nowMs,
  }: {
    call: Called;
    step: Doc<"run_steps"> | null;
    compactsUpToTurn?: number;
    nowMs: number;
  },
): Promise<{ stepId: Id<"run_steps">; attempts: Attempt[]; attempt: Attempt }> {
  const { _id: runId, tenantId } = run;
  const before = step?.attempts ?? [];
  const attempt: Attempt = {
    attemptId: nextAttemptId(runId, index, step),
    provider,
    model,
    kind: kindAfter(before, passedOver),
    status: "running",
    messageId,
    promptChars,
    startedAtMs: nowMs,
    ...(passedOver.length > 0 && { passedOver }),
  };
  const attempts = [...before, attempt];
  if (step !== null) {
    await ctx.db.patch("run_steps", step._id, { provider, model, attempts });
    return { stepId: step._id, attempts, attempt };
  }
  const stepId = await ctx.db.insert("run_steps", {
    tenantId,
    runId,
    index,
    ...(compactsUpToTurn === undefined
      ? { kind: "model_call" }
      : { kind: "compaction", compactsUpToTurn }),
    status: "running",
    provider,
    model,
    attempts,
    totalCostPico: 0n,
    totalTokens: 0,
    startedAt: nowMs,
  });
  return { stepId, attempts, attempt };
}

/** What the next attempt of a step is called, wherever it is written down. */
export function nextAttemptId(
  runId: Id<"runs">,
  index: number,
  step: Pick<Doc<"run_steps">, "attempts"> | null,
): string {
  return `${runId}/${index}/${(step?.attempts.length ?? 0) + 1}`;
}

/** The run's call that goes by the id; null of any other call. */
export async function attemptOf(
  ctx: QueryCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  id: string,
): Promise<{ run: Doc<"runs">; step: Doc<"run_steps">; attempt: Attempt } | null> {
  const [first = "", index = ""] = id.split("/");
  const runId = ctx.db.normalizeId("runs", first);
  const run = runId === null ? null : await ctx.db.get("runs", runId);
  if (run?.tenantId !== tenantId) return null;
  const step = await ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) =>
      q.eq("tenantId", tenantId).eq("runId", run._id).eq("index", Number(index)),
    )
    .first();
  const attempt = step?.attempts.find(({ attemptId }) => attemptId === id);
  return step === null || attempt === undefined ? null : { run, step, attempt };
}

function kindAfter(before: readonly Attempt[], passedOver: readonly PassedOver[]): Attempt["kind"] {
  const last = before.at(-1);
  if (last === undefined) return passedOver.length > 0 ? "fallback" : "primary";
  return last.gaveUp === true ? "fallback" : "retry";
}
