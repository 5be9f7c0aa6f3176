/** Modes of a tenant's own, beside the built-in ones: how its agents may go about their work. */
import { v, type Infer } from "convex/values";
import { BUILT_IN_MODE_NAMES, builtInMode, DEFAULT_MODE, type Mode } from "../../src/context/modes";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { checkedInteger, checkedLength, checkedText } from "../lib/checks";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import type { ModeView } from "../views/modes";
import { requireOwned, type CallerScope, type TenantScope } from "./access";
import * as Activity from "./activity";
import { checkedTemperature, REPLY_TOKENS } from "./agents/settings";

const record = Activity.recorderOf("modes");

/** Of a tenant: all of them are one list. */
export const MODES_MAX = 50;
const NAME_LENGTH_MAX = 80;
const DESCRIPTION_LENGTH_MAX = 1_000;
const PROMPT_LENGTH_MAX = 4_000;

const fields = {
  description: v.optional(v.string()),
  temperature: v.optional(v.number()),
  maxTokens: v.optional(v.number()),
};

/** What a caller says of a new mode. */
export const vNewMode = v.object({
  name: v.string(),
  prompt: v.string(),
  historyShare: v.optional(v.number()),
  ...fields,
});

/** What is absent stays as it is; null takes an optional setting away. */
export const vModeChanges = v.object({
  prompt: v.optional(v.string()),
  historyShare: v.optional(v.number()),
  description: v.optional(v.union(v.string(), v.null())),
  temperature: v.optional(v.union(v.number(), v.null())),
  maxTokens: v.optional(v.union(v.number(), v.null())),
});
type ModeChanges = Infer<typeof vModeChanges>;

/**
 * Makes a mode. Without `historyShare` all of the history may be read that fits.
 *
 * @throws invalid_argument - A text is blank or too long, a number out of range.
 * @throws conflict - There is a mode of that name.
 * @throws limit_reached - The tenant has `MODES_MAX`.
 */
export async function create(
  ctx: MutationCtx,
  scope: CallerScope,
  { mode, nowMs }: { mode: Infer<typeof vNewMode>; nowMs: number },
): Promise<Id<"modes">> {
  const name = checkedText("name", mode.name, NAME_LENGTH_MAX);
  const settings = { historyShare: 1, prompt: "", ...checked(mode) };
  if (builtInMode(name) !== null || (await ownNamed(ctx, scope, name)) !== null) {
    const reason = `there is one with the name ${name}; change that one, or take another name`;
    fail({ kind: "conflict", entity: "mode", reason });
  }
  const all = await ofTenant(ctx, scope).take(MODES_MAX);
  if (all.length === MODES_MAX) fail({ kind: "limit_reached", what: "modes", limit: MODES_MAX });
  const modeId = await ctx.db.insert("modes", {
    tenantId: scope.tenantId,
    name,
    ...omitUndefined(settings),
    createdBy: scope.actor.userId,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  await record(ctx, scope, { action: "create", id: modeId, after: { name, ...settings }, nowMs });
  return modeId;
}

/**
 * Changes a mode; its agents' next turns are in the new one.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws invalid_argument - As `create`.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  { modeId, changes, nowMs }: { modeId: Id<"modes">; changes: ModeChanges; nowMs: number },
): Promise<void> {
  const before = await getOrFail(ctx, scope, modeId);
  const after = checked(changes);
  await ctx.db.patch("modes", modeId, { ...after, updatedAt: nowMs });
  const change = { before, after: { ...before, ...after } };
  await record(ctx, scope, { action: "update", id: modeId, ...change, nowMs });
}

/** Removes a mode; agents that are in it work in focus from then on. */
export async function remove(
  ctx: MutationCtx,
  scope: CallerScope,
  { modeId, nowMs }: { modeId: Id<"modes">; nowMs: number },
): Promise<void> {
  const before = await getOrFail(ctx, scope, modeId);
  await ctx.db.delete("modes", modeId);
  await record(ctx, scope, { action: "remove", id: modeId, before, nowMs });
}

/** The built-in modes, then the tenant's own by name. */
export async function list(ctx: QueryCtx, scope: TenantScope): Promise<ModeView[]> {
  const own = await ofTenant(ctx, scope).take(MODES_MAX);
  return [...BUILT_IN_MODE_NAMES.flatMap((name) => builtInView(name) ?? []), ...own.map(toView)];
}

/** @throws not_found - Neither built in nor the tenant's. */
export async function get(ctx: QueryCtx, scope: TenantScope, name: string): Promise<ModeView> {
  const own = await ownNamed(ctx, scope, name);
  const found = own === null ? builtInView(name) : toView(own);
  return found ?? fail({ kind: "not_found", entity: "mode", id: name });
}

/** The mode that an agent's turn is in. One that is not there any more is as good as none. */
export async function modeNamed(ctx: QueryCtx, scope: TenantScope, name: string): Promise<Mode> {
  const builtIn = builtInMode(name);
  if (builtIn !== null) return builtIn;
  const own = await ownNamed(ctx, scope, name);
  return own === null ? DEFAULT_MODE : toMode(own);
}

/** @throws invalid_argument - There is no mode of that name. */
export async function requireKnown(
  ctx: QueryCtx,
  scope: TenantScope,
  name: string | undefined,
): Promise<void> {
  if (name === undefined || builtInMode(name) !== null) return;
  if ((await ownNamed(ctx, scope, name)) !== null) return;
  const reason = `there is no mode "${name}": take ${BUILT_IN_MODE_NAMES.join(", ")} or one of your own (mutations.modes.create)`;
  fail({ kind: "invalid_argument", field: "mode", reason });
}

function ofTenant(ctx: QueryCtx, { tenantId }: TenantScope) {
  return ctx.db.query("modes").withIndex("by_name", (q) => q.eq("tenantId", tenantId));
}

async function ownNamed(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  name: string,
): Promise<Doc<"modes"> | null> {
  return await ctx.db
    .query("modes")
    .withIndex("by_name", (q) => q.eq("tenantId", tenantId).eq("name", name))
    .unique();
}

async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  modeId: Id<"modes">,
): Promise<Doc<"modes">> {
  const mode = await ctx.db.get("modes", modeId);
  return requireOwned(scope, mode, { entity: "mode", id: modeId });
}

/** What the caller gave, checked; undefined takes a setting away. */
function checked({ prompt, historyShare, description, temperature, maxTokens }: ModeChanges) {
  return {
    ...(prompt !== undefined && { prompt: checkedText("prompt", prompt, PROMPT_LENGTH_MAX) }),
    ...(historyShare !== undefined && { historyShare: checkedShare(historyShare) }),
    ...(description !== undefined && {
      description:
        description === null
          ? undefined
          : checkedLength("description", description, DESCRIPTION_LENGTH_MAX),
    }),
    ...(temperature !== undefined && {
      temperature: temperature === null ? undefined : checkedTemperature(temperature),
    }),
    ...(maxTokens !== undefined && {
      maxTokens:
        maxTokens === null ? undefined : checkedInteger("maxTokens", maxTokens, REPLY_TOKENS),
    }),
  };
}

function checkedShare(share: number): number {
  if (!(share >= 0 && share <= 1)) {
    fail({ kind: "invalid_argument", field: "historyShare", reason: "must be from 0 to 1" });
  }
  return share;
}

function toMode({ name, prompt, temperature, maxTokens, historyShare }: Doc<"modes">): Mode {
  return {
    name,
    prompt,
    temperature: temperature ?? null,
    maxTokens: maxTokens ?? null,
    historyShare,
  };
}

function builtInView(name: string): ModeView | null {
  const mode = builtInMode(name);
  if (mode === null) return null;
  const { prompt, historyShare, temperature, maxTokens } = mode;
  const sizes = { temperature: temperature ?? undefined, maxTokens: maxTokens ?? undefined };
  return { name, prompt, historyShare, isBuiltIn: true, ...omitUndefined(sizes) };
}

function toView({
  _id: modeId,
  _creationTime,
  tenantId: _tenantId,
  ...mode
}: Doc<"modes">): ModeView {
  return { modeId, ...mode, isBuiltIn: false };
}
