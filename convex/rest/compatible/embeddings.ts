/** `POST /v1/embeddings`. */
import {
  embeddingsBody,
  readEmbeddings,
  type AskedEmbeddings,
} from "../../../src/completions/embeddings";
import { failureOfRun, openAiError, type Failure } from "../../../src/completions/failures";
import { embed, type Embedded } from "../../../src/providers/embeddings";
import { totalInputTokens } from "../../../src/pricing/usage";
import { internal } from "../../_generated/api";
import type { ActionCtx } from "../../_generated/server";
import { toStored } from "../../jobs/modelCall";
import { despiteRaces, persistently } from "../../lib/persistently";
import type { BegunEmbedding } from "../../model/completions/embeddings";
import type { Caller } from "../../model/headerCaller";
import { settingsFor } from "../../model/providers/credentials";
import { callerOf, requireCredential } from "../caller";
import { answerOnce, askedBy, Refusal, underKeyOf } from "../guard";
import {
  aboutOf,
  failureIn,
  failureResponse,
  headersOf,
  rateOf,
  told,
  type About,
} from "./answers";
import { parsed, textOf } from "./body";

/** A budget whose past is being carried in takes some milliseconds. */
const OPENING_CHECKS = { count: 20, intervalMs: 100 };

export async function serveEmbeddings(ctx: ActionCtx, request: Request): Promise<Response> {
  const startedAtMs = performance.now();
  const about = aboutOf(request, "openai");
  try {
    await requireCredential(ctx, request);
    const text = await textOf(request);
    const asked = readEmbeddings(parsed(text));
    const needs = { permission: "models:call", routeClass: "model" } as const;
    const under = await underKeyOf(request, text);
    const once = { asked: askedBy(request, needs), under, onRate: rateOf(about) };
    const given = { request, asked, about, startedAtMs };
    return told(await answerOnce(ctx, once, async () => await answer(ctx, given)), about);
  } catch (error) {
    if (error instanceof Refusal) about.rate ??= error.rate;
    return refused(failureIn(error), about);
  }
}

async function answer(
  ctx: ActionCtx,
  {
    request,
    asked,
    about,
    startedAtMs,
  }: { request: Request; asked: AskedEmbeddings; about: About; startedAtMs: number },
): Promise<Response> {
  const caller = callerOf(request);
  const { model: name, tokensMax } = asked;
  const begun = await begin(ctx, { caller, key: crypto.randomUUID(), name, tokensMax });
  if (begun.kind === "over") return refused(failureOfRun(begun), about);
  const calledAtMs = performance.now();
  const made = await make(begun, asked);
  const upstreamMs = performance.now() - calledAtMs;
  const { tenantId, attemptId } = begun;
  const report = {
    tenantId,
    attemptId,
    isOk: made.ok,
    usage: made.usage === null ? null : toStored(made.usage),
    facts: made.ok
      ? {
          servedModel: made.servedModel,
          ...(made.providerRequestId !== null && { providerRequestId: made.providerRequestId }),
        }
      : {},
  };
  const { embedded } = internal.jobs.embeddings;
  const cost = await persistently(() => ctx.runMutation(embedded, { report }));
  if (!made.ok) {
    const { message: detail, failureClass, retryAfterMs } = made.failure;
    const failed = { reason: "provider_failed", detail, error: { failureClass } } as const;
    const wait = retryAfterMs === null ? {} : { retryAfterMs };
    return refused({ ...failureOfRun(failed), ...wait }, about);
  }
  const tokens = totalInputTokens(made.usage.usage);
  const body = embeddingsBody({ model: name, data: made.data, tokens, cost });
  const overheadMs = performance.now() - startedAtMs - upstreamMs;
  const own = { "x-cost-usd": cost.totalUsd, "x-overhead-ms": overheadMs.toFixed(1) };
  return Response.json(body, { headers: { ...headersOf(about), ...own } });
}

async function begin(
  ctx: ActionCtx,
  args: { caller: Caller; key: string; name: string; tokensMax: number },
): Promise<Exclude<BegunEmbedding, { kind: "opening" }>> {
  for (let checks = 0; ; checks++) {
    const begun = await despiteRaces(() => ctx.runMutation(internal.jobs.embeddings.begin, args));
    if (begun.kind !== "opening") return begun;
    if (checks === OPENING_CHECKS.count) throw new Error("a budget is not open yet");
    await new Promise((resolve) => setTimeout(resolve, OPENING_CHECKS.intervalMs));
  }
}

async function make(
  { provider, model, account }: Extract<BegunEmbedding, { kind: "begun" }>,
  { input, encodingFormat, dimensions, tokensMax }: AskedEmbeddings,
): Promise<Embedded> {
  const setUp = await settingsFor(provider, account);
  if (!setUp.ok) {
    const failure = { status: null, retryAfterMs: null, message: setUp.detail } as const;
    return { ok: false, failure: { failureClass: "authentication", ...failure }, usage: null };
  }
  const asks = { model, input, encodingFormat, tokensMax };
  return await embed(setUp.settings, { ...asks, ...(dimensions !== undefined && { dimensions }) });
}

function refused(failure: Failure, about: About): Response {
  return failureResponse(failure, {
    ...about,
    errorBody: (told: Failure) => ({ error: openAiError(told) }),
  });
}
