/** Demo tenants, plainly marked as such. */
import { v, type Infer } from "convex/values";
import { PICO_PER_USD } from "../../src/core/money";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { Role } from "../../src/core/permissions";
import type { vProvider } from "../validators";
import { keepTenant } from "./budgets/managed";
import { AGENT_PREFIX } from "./completions/target";

const DEMO_TENANT = { slug: "demo", name: "Demo" };
const BOUNDS = { maxMonthlyTokens: 10_000_000, monthlyBudgetPico: 10n * PICO_PER_USD };
const DEMO_MARK = { demo: true };

const AGENT = {
  slug: "demo",
  name: "Demo agent",
  description: "Answers whatever you ask. Made by the demo's set-up.",
  systemPrompt: "You are a friendly assistant. Answer briefly and plainly.",
};

export const vDemo = v.object({
  tenantId: v.id("tenants"),
  userId: v.id("users"),
  identityId: v.id("identities"),
  membershipId: v.id("memberships"),
  agentId: v.id("agents"),
  /** What clients of the compatible API name as their model. */
  agentModel: v.string(),
});

type SignIn = {
  issuer: string;
  subject: string;
  tokenIdentifier?: string;
  name?: string;
};
/** Who to be in which tenant; without, the owner of the first one. */
type Place = { role?: Role; tenant?: { slug: string; name: string } };
type Model = { provider: Infer<typeof vProvider>; model: string };

export async function seedDemo(
  ctx: MutationCtx,
  { provider, model, role = "owner", tenant = DEMO_TENANT, ...signIn }: SignIn & Place & Model,
  nowMs: number,
): Promise<Infer<typeof vDemo>> {
  const tenantId = await findOrMakeTenant(ctx, tenant, nowMs);
  const { identityId, userId } = await findOrMakeUser(ctx, signIn, { tenantId, nowMs });
  const membershipId = await findOrMakeMembership(ctx, { tenantId, userId, role }, nowMs);
  const agentId = await findOrMakeAgent(ctx, { provider, model }, { tenantId, userId, nowMs });
  const { slug = agentId } = (await ctx.db.get("agents", agentId)) ?? {};
  const agentModel = AGENT_PREFIX + slug;
  return { tenantId, userId, identityId, membershipId, agentId, agentModel };
}

async function findOrMakeTenant(
  ctx: MutationCtx,
  { slug, name }: { slug: string; name: string },
  nowMs: number,
): Promise<Id<"tenants">> {
  const tenant = await ctx.db
    .query("tenants")
    .withIndex("by_slug", (q) => q.eq("slug", slug))
    .unique();
  if (tenant !== null) return tenant._id;
  const tenantId = await ctx.db.insert("tenants", {
    name,
    slug,
    status: "trial",
    // Whoever tries the product out may try how much it bears.
    plan: "enterprise",
    maxAgents: 20,
    maxStorageGB: 1,
    ...BOUNDS,
    billingEmail: "demo@example.invalid",
    agentCounts: { active: 0, paused: 0, archived: 0 },
    metadata: DEMO_MARK,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  await keepTenant(ctx, { tenantId, system: "demo" }, { tenant: BOUNDS, isNew: true, nowMs });
  return tenantId;
}

async function findOrMakeUser(
  ctx: MutationCtx,
  { issuer, subject, name, tokenIdentifier = `${issuer}|${subject}` }: SignIn,
  { tenantId, nowMs }: { tenantId: Id<"tenants">; nowMs: number },
): Promise<{ identityId: Id<"identities">; userId: Id<"users"> }> {
  const identity = await ctx.db
    .query("identities")
    .withIndex("by_token_identifier", (q) => q.eq("tokenIdentifier", tokenIdentifier))
    .unique();
  if (identity !== null) return { identityId: identity._id, userId: identity.userId };
  const userId = await ctx.db.insert("users", {
    name: name ?? "Demo owner",
    status: "active",
    defaultTenantId: tenantId,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  const identityId = await ctx.db.insert("identities", {
    tokenIdentifier,
    issuer,
    subject,
    userId,
    createdAt: nowMs,
  });
  return { identityId, userId };
}

async function findOrMakeMembership(
  ctx: MutationCtx,
  { tenantId, userId, role }: { tenantId: Id<"tenants">; userId: Id<"users">; role: Role },
  nowMs: number,
): Promise<Id<"memberships">> {
  const membership = await ctx.db
    .query("memberships")
    .withIndex("by_tenant_and_user", (q) => q.eq("tenantId", tenantId).eq("userId", userId))
    .unique();
  if (membership !== null) return membership._id;
  return await ctx.db.insert("memberships", {
    tenantId,
    userId,
    role,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
}

async function findOrMakeAgent(
  ctx: MutationCtx,
  { provider, model }: Model,
  { tenantId, userId, nowMs }: { tenantId: Id<"tenants">; userId: Id<"users">; nowMs: number },
): Promise<Id<"agents">> {
  const agent = await oldestAgent(ctx, tenantId);
  if (agent !== null) {
    if (agent.provider !== provider || agent.model !== model) {
      await ctx.db.patch("agents", agent._id, { provider, model, updatedAt: nowMs });
    }
    return agent._id;
  }
  const tenant = await ctx.db.get("tenants", tenantId);
  if (tenant !== null) {
    const agentCounts = { ...tenant.agentCounts, active: tenant.agentCounts.active + 1 };
    await ctx.db.patch("tenants", tenantId, { agentCounts });
  }
  return await ctx.db.insert("agents", {
    ...AGENT,
    tenantId,
    status: "active",
    provider,
    model,
    maxTokens: 1_024,
    mode: "focus",
    skills: [],
    channels: ["dashboard"],
    consensusEnabled: false,
    metadata: DEMO_MARK,
    searchText: `${AGENT.name}\n${AGENT.description}`,
    createdBy: userId,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
}

async function oldestAgent(
  ctx: MutationCtx,
  tenantId: Id<"tenants">,
): Promise<Doc<"agents"> | null> {
  return await ctx.db
    .query("agents")
    .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    .first();
}
