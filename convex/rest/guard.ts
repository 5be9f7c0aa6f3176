/**
 * Between a route and a door: who asks, how often they may, and what was asked for before under the same key.
 * What is refused is thrown as a `Refusal`, for the route's API to say in its own words.
 */
import { ConvexError } from "convex/values";
import type { AppErrorData } from "../../src/core/errors";
import { MINUTE_MS } from "../../src/core/limits";
import type { Permission } from "../../src/core/permissions";
import type { RouteClass } from "../../src/core/rateLimits";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { sha256 } from "../lib/crypto";
import { asAppError } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import type { UnderKey } from "../model/idempotency";
import type { Rate } from "../model/rateLimits";
import { callerOf } from "./caller";
import { retryHeaders } from "./headers";
import { KeptAnswer, replayed, type OfRun } from "./keptAnswers";

/** Who asks, and what for. Without a permission it is a person, for themselves. */
export type Asked = Readonly<{
  tenant?: string;
  apiKey?: string;
  permission: Permission | null;
  routeClass: RouteClass;
}>;

/** Texts that stand for rows: what is no id of its table is not found. */
export type Ids = { table: string; text: string }[];
export type DoorCall = Readonly<{ door: string; args: Record<string, unknown>; ids: Ids }>;

/** A failure that the caller can act on, with what is known of their limit by then. */
export class Refusal extends ConvexError<AppErrorData> {
  readonly rate: Rate | null;

  constructor(failure: AppErrorData, rate: Rate | null) {
    super(failure);
    this.rate = rate;
  }
}

export function askedBy(request: Request, needs: Pick<Asked, "permission" | "routeClass">): Asked {
  return { ...callerOf(request), ...needs };
}

/** The request's idempotency key, and what it stands for: the method, the address and the body as it was sent. */
export async function underKeyOf(request: Request, body: string): Promise<UnderKey | undefined> {
  const key = request.headers.get("Idempotency-Key");
  if (key === null) return undefined;
  const { pathname, search } = new URL(request.url);
  const requestHash = await sha256(JSON.stringify([request.method, pathname, search, body]));
  return { key, requestHash };
}

/** Counts a request. @throws Refusal - The limit is used up, or the caller may not do it. */
export async function admit(ctx: ActionCtx, request: Asked): Promise<Rate> {
  const admitted = await ctx.runMutation(internal.jobs.rest.admit, { request });
  if (admitted.kind === "refused") throw refusalOf(admitted);
  return admitted.rate;
}

/** @throws Refusal - As the door fails, or the limit is used up. */
export async function callQuery(
  ctx: ActionCtx,
  request: Asked,
  { ids, ...call }: DoorCall,
): Promise<{ value: unknown; rate: Rate }> {
  const { rest } = internal.jobs;
  const rate = await admit(ctx, request);
  try {
    return { value: await ctx.runQuery(rest.read, { ids, call }), rate };
  } catch (error) {
    const failure = asAppError(error);
    throw failure === null ? error : new Refusal(failure, rate);
  }
}

/** Once for each key. @throws Refusal - As the door fails, the limit is used up, or the key stands for something else. */
export async function callMutation(
  ctx: ActionCtx,
  asked: Asked,
  { ids, under, ...call }: DoorCall & { under: UnderKey | undefined },
): Promise<{ value: unknown; isReplay: boolean; rate: Rate }> {
  const request = { ...asked, ids };
  const args = { request, call, ...omitUndefined({ under }) };
  const written = await ctx.runMutation(internal.jobs.rest.write, args);
  if (written.kind === "refused") throw refusalOf(written);
  const { value, isReplay, rate } = written;
  return { value, isReplay, rate };
}

/** As long as an action may live. */
const LEASE_MS = 10 * MINUTE_MS;

/**
 * Answers what is no transaction, once for each key: the answer is kept as it is sent, also where it is a stream, and
 * to the end of it even if nobody listens any more. Answers that say of a failure are not kept.
 *
 * @param isSecret - Whether the answer has a secret in it: it is kept sealed.
 * @throws Refusal - The limit is used up, the key stands for something else, or somebody is at it.
 */
export async function answerOnce(
  ctx: ActionCtx,
  { asked, ids = [], under, isSecret = false, onRate = () => {}, ofRun }: Once,
  respond: (rate: Rate, kept: KeptAnswer | null) => Promise<Response>,
): Promise<Response> {
  const { rest } = internal.jobs;
  const request = { ...asked, ids };
  if (under === undefined) {
    const admitted = await ctx.runMutation(rest.admit, { request });
    if (admitted.kind === "refused") throw refusalOf(admitted);
    onRate(admitted.rate);
    return await respond(admitted.rate, null);
  }
  const asks = { request, under, leaseMs: LEASE_MS };
  const begun = await ctx.runMutation(rest.begin, asks);
  if (begun.kind === "refused") throw refusalOf(begun);
  onRate(begun.rate);
  if (begun.kind === "answered") return await replayed(ctx, begun, ofRun);
  const kept = new KeptAnswer(ctx, { ...begun, isSecret });
  return await kept.of(() => respond(begun.rate, kept));
}
export type Once = {
  asked: Asked;
  ids?: Ids;
  under: UnderKey | undefined;
  isSecret?: boolean;
  /** Told what is known of the caller's limit, for headers that an answer told again has, too. */
  onRate?: (rate: Rate) => void;
  /** Answers for a run that nobody waited for, whatever has become of it. */
  ofRun?: OfRun | undefined;
};

/** What OpenAI's clients read of a limit; durations as Go writes them. */
export function rateHeaders({ limit, remaining, resetsAfterMs, retryAfterMs }: Rate) {
  return {
    "x-ratelimit-limit-requests": String(limit),
    "x-ratelimit-remaining-requests": String(remaining),
    "x-ratelimit-reset-requests": `${Math.ceil(resetsAfterMs / 1_000)}s`,
    ...(retryAfterMs !== null && retryHeaders(retryAfterMs)),
  };
}

/** And what Anthropic's clients do; times by RFC 3339. */
export function anthropicRateHeaders(
  { limit, remaining, resetsAfterMs, retryAfterMs }: Rate,
  nowMs: number,
) {
  return {
    "anthropic-ratelimit-requests-limit": String(limit),
    "anthropic-ratelimit-requests-remaining": String(remaining),
    "anthropic-ratelimit-requests-reset": new Date(nowMs + resetsAfterMs).toISOString(),
    ...(retryAfterMs !== null && retryHeaders(retryAfterMs)),
  };
}

function refusalOf({ failure, rate }: { failure: unknown; rate: Rate | null }): Refusal {
  return new Refusal(failure as AppErrorData, rate);
}
