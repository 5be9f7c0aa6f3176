/** Which model a run calls next: the agent's own, or the first of its fallbacks that is not left alone for now. */
import { PROVIDER_WAIT_MS_MAX } from "../../../src/core/limits";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { FallbackModel, PassedOver } from "../../validators";
import type { TenantScope } from "../access";
import * as Cooldowns from "../providers/cooldowns";
import { accountFor, type Account } from "../providers/providers";

export type ModelChoice = FallbackModel & {
  account: Account | null;
  /** Whether another one is there to be called, should this one not be had. */
  hasFallback: boolean;
  /** The cool-down of which the call shall show whether it is over. */
  probes?: Id<"provider_cooldowns">;
  /** Models that come before it, and are left alone for now. */
  passedOver: PassedOver[];
  /** None can be called before then; the one that is named comes first. */
  waitUntilMs?: number;
  /** Why the call must not be made, for the tenant. */
  refusal: string | null;
};

type Candidate = FallbackModel & {
  account: Account | null;
  cooldown: Doc<"provider_cooldowns"> | null;
};

/**
 * @param step - The one that is under way, if any is.
 * @param instead - The only one, in place of the agent's.
 * @param sinceMs - Since when the call is due.
 */
export async function chooseModel(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    step,
    agent,
    instead,
    sinceMs,
    nowMs,
  }: {
    step: Doc<"run_steps"> | null;
    agent: Doc<"agents">;
    instead?: FallbackModel | undefined;
    sinceMs: number;
    nowMs: number;
  },
): Promise<ModelChoice> {
  const models = instead === undefined ? modelsLeft(step, agent) : [instead];
  const hasFallback = models.length > 1;
  const busy: Candidate[] = [];
  for (const model of models) {
    const candidate = await candidateOf(ctx, scope, model);
    const { cooldown, ...called } = candidate;
    if (cooldown === null || Cooldowns.freeAtMs(cooldown) <= nowMs) {
      const probes = cooldown === null ? {} : { probes: cooldown._id };
      return { ...called, ...probes, hasFallback, passedOver: toPassedOver(busy), refusal: null };
    }
    busy.push(candidate);
  }
  return { hasFallback, passedOver: [], ...waitFor(busy, { sinceMs, nowMs }) };
}

/** The agent's own model, then its fallbacks, without those that were given up in this step. */
function modelsLeft(
  step: Doc<"run_steps"> | null,
  { provider, model, fallbackModels = [] }: Doc<"agents">,
): readonly FallbackModel[] {
  const givenUp = (step?.attempts ?? []).filter(({ gaveUp }) => gaveUp === true);
  const left = [{ provider, model }, ...fallbackModels].filter(
    (one) => !givenUp.some((tried) => tried.provider === one.provider && tried.model === one.model),
  );
  // The agent was changed meanwhile, and has fewer of them: its own has another try.
  return left.length === 0 ? [{ provider, model }] : left;
}

async function candidateOf(
  ctx: QueryCtx,
  scope: TenantScope,
  { provider, model }: FallbackModel,
): Promise<Candidate> {
  const account = await accountFor(ctx, scope, provider);
  const called = { provider, model, account: account?.id ?? null };
  return { provider, model, account, cooldown: await Cooldowns.cooldownOf(ctx, scope, called) };
}

function toPassedOver(busy: readonly Candidate[]): PassedOver[] {
  return busy.flatMap(({ provider, model, cooldown }) =>
    cooldown === null
      ? []
      : [{ provider, model, reason: cooldown.reason, untilMs: Cooldowns.freeAtMs(cooldown) }],
  );
}

/**
 * All are left alone: the first that will be free, and until when to wait for it. Nobody waits longer than for a
 * retry; who could only come earlier than the provider allows is told so, and others try.
 */
function waitFor(
  busy: readonly Candidate[],
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
): Pick<ModelChoice, "provider" | "model" | "account" | "waitUntilMs" | "probes" | "refusal"> {
  const [first, ...others] = busy;
  if (first === undefined) throw new Error("an agent has a model");
  const soonest = others.reduce((best, one) => (untilMs(one) < untilMs(best) ? one : best), first);
  const { provider, model, account, cooldown } = soonest;
  const called = { provider, model, account, refusal: null };
  const patienceEndsMs = sinceMs + PROVIDER_WAIT_MS_MAX;
  const needsSomebody = cooldown?.reason === "authentication" || cooldown?.reason === "spend_limit";
  if (cooldown === null || needsSomebody || patienceEndsMs <= nowMs) {
    return cooldown === null ? called : { ...called, probes: cooldown._id };
  }
  if (cooldown.untilMs > patienceEndsMs && cooldown.reason === "rate_limited") {
    const when = new Date(cooldown.untilMs).toISOString();
    return { ...called, refusal: `${provider} takes no calls of ${model} before ${when}.` };
  }
  const isProbed = cooldown.untilMs <= nowMs;
  const freeAtMs = isProbed ? nowMs + Cooldowns.PROBE_CHECK_MS : cooldown.untilMs;
  return { ...called, waitUntilMs: Math.min(freeAtMs, patienceEndsMs) };
}

function untilMs({ cooldown }: Candidate): number {
  return cooldown === null ? 0 : Cooldowns.freeAtMs(cooldown);
}
