/** Tenants: who they are, what they may use, and whether they are in service. */
import { v, type Infer } from "convex/values";
import { isTimeZone } from "../../src/core/periods";
import { BYTES_PER_GB, PLAN_LIMITS } from "../../src/core/plans";
import { RESERVED_SLUGS } from "../../src/core/reservedSlugs";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { checkedInteger, checkedMetadata, checkedText } from "../lib/checks";
import { checkedEmail } from "../lib/emails";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import { toPico, toUsd, toUsdText, vUsdInput } from "../lib/usd";
import { vOpenRecord, type vPlan } from "../validators";
import type { MyTenant, TenantUsage, TenantView } from "../views/people";
import { membershipIn, tenantOf, type CallerScope, type TenantScope } from "./access";
import * as Activity from "./activity";
import { keepTenant } from "./budgets/managed";
import * as Settings from "./deploymentSettings";
import * as Memberships from "./memberships";
import * as Storage from "./storage";
import { read } from "./rollups/read";
import { periodFor } from "./periods";
import type { SumId, Sums } from "./rollups/sums";

const record = Activity.recorderOf("tenants");

const NAME_LENGTH_MAX = 120;
/** A label of a host name (RFC 1035), so that a tenant may have a subdomain. */
const SLUG = /^[a-z](?:[a-z0-9-]{1,61}[a-z0-9])$/;

export type NewTenant = { name: string; slug: string; billingEmail: string };

/** What an owner or admin may say of their tenant; null takes an optional setting away. */
export const vTenantChanges = v.object({
  name: v.optional(v.string()),
  slug: v.optional(v.string()),
  billingEmail: v.optional(v.string()),
  monthlyBudget: v.optional(v.union(vUsdInput, v.null())),
  timeZone: v.optional(v.union(v.string(), v.null())), // null: UTC
  metadata: v.optional(v.union(vOpenRecord, v.null())),
});
export type TenantChanges = Infer<typeof vTenantChanges>;

/** What only the deployment's operators decide. */
export type Plan = {
  plan?: Infer<typeof vPlan> | undefined;
  maxAgents?: number | undefined;
  maxMonthlyTokens?: number | undefined;
  maxStorageGB?: number | undefined;
};

/**
 * Makes a tenant, with the person as its owner, on the starter plan.
 *
 * @throws invalid_argument - A text is blank or too long, the slug or the address is none.
 * @throws conflict - The slug is taken.
 * @throws limit_reached - The person is in too many tenants.
 */
export async function create(
  ctx: MutationCtx,
  { tenant, ownerId, nowMs }: { tenant: NewTenant; ownerId: Id<"users">; nowMs: number },
): Promise<Id<"tenants">> {
  const told = {
    name: checkedText("name", tenant.name, NAME_LENGTH_MAX),
    slug: await checkedSlug(ctx, tenant.slug),
    billingEmail: checkedEmail("billingEmail", tenant.billingEmail),
    plan: "starter",
    status: "active",
    ...PLAN_LIMITS.starter,
  } as const;
  const tenantId = await ctx.db.insert("tenants", {
    ...told,
    agentCounts: { active: 0, paused: 0, archived: 0 },
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  const by = { tenantId, person: ownerId };
  await record(ctx, by, { action: "create", id: tenantId, after: told, nowMs });
  await keepTenant(ctx, by, { tenant: told, isNew: true, nowMs });
  await Memberships.add(ctx, by, { userId: ownerId, role: "owner", nowMs });
  return tenantId;
}

/** @throws forbidden - The person is suspended, or only operators make tenants here. */
export async function requireMayCreate(ctx: QueryCtx, user: Doc<"users">): Promise<void> {
  if (user.status === "active" && (await Settings.get(ctx, "anyoneMayCreateTenants"))) return;
  fail({ kind: "forbidden", permission: "tenants:create" });
}

export async function get(ctx: QueryCtx, scope: CallerScope): Promise<TenantView> {
  const tenant = await tenantOf(ctx, scope);
  return toView(tenant, { withBilling: scope.actor.permissions.has("tenant:write") });
}

/** How much of the plan is used. */
export async function usage(
  ctx: QueryCtx,
  scope: TenantScope,
  nowMs: number,
): Promise<TenantUsage> {
  const { agentCounts, maxAgents, maxMonthlyTokens, maxStorageGB } = await tenantOf(ctx, scope);
  const { sizeBytes, fileCount } = await Storage.totals(ctx, scope.tenantId);
  return {
    agents: { used: agentCounts.active + agentCounts.paused, limit: maxAgents },
    tokensThisMonth: {
      used: tokensOf(await read(ctx, scope, await ofMonth(ctx, scope, nowMs))),
      limit: maxMonthlyTokens,
    },
    storageBytes: { used: sizeBytes, limit: maxStorageGB * BYTES_PER_GB },
    fileCount,
  };
}

async function ofMonth(ctx: QueryCtx, scope: TenantScope, nowMs: number): Promise<SumId> {
  const period = await periodFor(ctx, scope, { unit: "month", atMs: nowMs });
  return { dimension: "tenant", key: "", unit: "month", period };
}

function tokensOf({ promptTokens, completionTokens }: Sums): number {
  return promptTokens + completionTokens;
}

/** The person's tenants, suspended ones too: at most `Memberships.MEMBERSHIPS_PER_USER_MAX`. */
export async function mine(ctx: QueryCtx, user: Doc<"users">): Promise<MyTenant[]> {
  const memberships = await ctx.db
    .query("memberships")
    .withIndex("by_user", (q) => q.eq("userId", user._id))
    .take(Memberships.MEMBERSHIPS_PER_USER_MAX);
  const found = await Promise.all(
    memberships.map(async ({ tenantId, role, status: membershipStatus = "active" }) => {
      const tenant = await ctx.db.get("tenants", tenantId);
      if (tenant === null || tenant.status === "deleted") return [];
      const { name, slug, status } = tenant;
      const isDefault = user.defaultTenantId === tenantId;
      return [{ tenantId, name, slug, status, role, membershipStatus, isDefault }];
    }),
  );
  return found.flat();
}

/**
 * Chooses where the person's calls without `tenantId` go.
 *
 * @throws not_found - The tenant does not exist, was deleted, or the person is no member.
 */
export async function setDefault(
  ctx: MutationCtx,
  user: Doc<"users">,
  { tenantId, nowMs }: { tenantId: Id<"tenants">; nowMs: number },
): Promise<void> {
  const tenant = await ctx.db.get("tenants", tenantId);
  const membership = await membershipIn(ctx, tenantId, user._id);
  if (tenant === null || tenant.status === "deleted" || membership === null) {
    fail({ kind: "not_found", entity: "tenant", id: tenantId });
  }
  await ctx.db.patch("users", user._id, { defaultTenantId: tenantId, updatedAt: nowMs });
}

/**
 * Changes what the tenant says of itself.
 *
 * @throws invalid_argument, conflict - As `create`.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  { changes, nowMs }: { changes: TenantChanges; nowMs: number },
): Promise<void> {
  const tenant = await tenantOf(ctx, scope);
  const { name, slug, billingEmail, monthlyBudget, timeZone, metadata } = changes;
  const patch = {
    ...(name !== undefined && { name: checkedText("name", name, NAME_LENGTH_MAX) }),
    ...(slug !== undefined && slug !== tenant.slug && { slug: await checkedSlug(ctx, slug) }),
    ...(billingEmail !== undefined && {
      billingEmail: checkedEmail("billingEmail", billingEmail),
    }),
    ...(monthlyBudget !== undefined && {
      monthlyBudgetPico:
        monthlyBudget === null ? undefined : toPico("monthlyBudget", monthlyBudget),
    }),
    ...(timeZone !== undefined && {
      timeZone: timeZone === null ? undefined : checkedTimeZone(timeZone),
    }),
    ...(metadata !== undefined && {
      metadata: metadata === null ? undefined : checkedMetadata(metadata),
    }),
  };
  await change(ctx, scope, { tenant, patch, action: "update", nowMs });
}

/** Puts the tenant on another plan, or gives it limits of its own; what is absent is as the plan has it. */
export async function setPlan(
  ctx: MutationCtx,
  tenant: Doc<"tenants">,
  { plan = tenant.plan, nowMs, ...own }: Plan & { nowMs: number },
): Promise<void> {
  const limits = { ...PLAN_LIMITS[plan], ...omitUndefined(own) };
  for (const [field, limit] of Object.entries(limits)) {
    checkedInteger(field, limit, { min: 0, max: Number.MAX_SAFE_INTEGER });
  }
  const by = { tenantId: tenant._id, system: "operators" };
  await change(ctx, by, { tenant, patch: { plan, ...limits }, action: "setPlan", nowMs });
}

/**
 * Takes a tenant out of service, or back into it, at once: its people and keys are refused, what they are
 * subscribed to ends, and its runs end before they call anybody. Twice is no error.
 *
 * @throws conflict - The tenant was deleted.
 */
export async function setInService(
  ctx: MutationCtx,
  tenant: Doc<"tenants">,
  { inService, nowMs }: { inService: boolean; nowMs: number },
): Promise<void> {
  if (tenant.status === "deleted") {
    fail({ kind: "conflict", entity: "tenant", reason: "the tenant is deleted" });
  }
  if ((tenant.status === "suspended") !== inService) return;
  const patch = { status: inService ? "active" : "suspended" } as const;
  const action = inService ? "resume" : "suspend";
  const by = { tenantId: tenant._id, system: "operators" };
  await change(ctx, by, { tenant, patch, action, nowMs });
}

type Told = Omit<Doc<"tenants">, "_id" | "_creationTime" | "agentCounts">;
type Optional = "monthlyBudgetPico" | "timeZone" | "metadata";
/** Undefined takes a setting away. */
type TenantPatch = Partial<Omit<Told, Optional>> & {
  [Field in Optional]?: Told[Field] | undefined;
};

/** A budget stands for each. */
const SETTINGS_OF_BUDGETS = ["maxMonthlyTokens", "monthlyBudgetPico"] as const;

async function change(
  ctx: MutationCtx,
  by: Activity.By,
  {
    tenant,
    patch,
    action,
    nowMs,
  }: { tenant: Doc<"tenants">; patch: TenantPatch; action: string; nowMs: number },
): Promise<void> {
  await ctx.db.patch("tenants", tenant._id, { ...patch, updatedAt: nowMs });
  const fields = Object.keys(patch) as (keyof TenantPatch)[];
  const before = Object.fromEntries(fields.map((field) => [field, tenant[field]]));
  await record(ctx, by, { action, id: tenant._id, before, after: patch, nowMs });
  if (SETTINGS_OF_BUDGETS.some((field) => field in patch)) {
    await keepTenant(ctx, by, { tenant: { ...tenant, ...patch }, nowMs });
  }
}

function checkedTimeZone(timeZone: string): string {
  if (isTimeZone(timeZone)) return timeZone;
  const reason = 'give an IANA name, as "Europe/Berlin" or "Asia/Kolkata", or null for UTC';
  return fail({ kind: "invalid_argument", field: "timeZone", reason });
}

async function checkedSlug(ctx: QueryCtx, slug: string): Promise<string> {
  if (RESERVED_SLUGS.has(slug))
    fail({ kind: "conflict", entity: "tenant", reason: "the slug is taken" });
  if (!SLUG.test(slug)) {
    const reason = "must be 3 to 63 of a-z, 0-9 and -, begin with a letter and not end with a -";
    fail({ kind: "invalid_argument", field: "slug", reason });
  }
  const other = await ctx.db
    .query("tenants")
    .withIndex("by_slug", (q) => q.eq("slug", slug))
    .first();
  if (other !== null) fail({ kind: "conflict", entity: "tenant", reason: "the slug is taken" });
  return slug;
}

function toView(tenant: Doc<"tenants">, { withBilling }: { withBilling: boolean }): TenantView {
  const {
    _creationTime,
    agentCounts: _agentCounts,
    stripeCustomerId: _stripeCustomerId,
    deletedAt: _deletedAt,
    monthlyBudgetPico,
    billingEmail,
    ...rest
  } = tenant;
  return {
    ...rest,
    ...(withBilling && { billingEmail }),
    ...(monthlyBudgetPico !== undefined && {
      monthlyBudget: toUsd(monthlyBudgetPico),
      monthlyBudgetUsd: toUsdText(monthlyBudgetPico),
    }),
  };
}
