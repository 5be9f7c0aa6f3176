/** Slugs: what clients of the compatible API call a tenant's agents by, `agent:<slug>`. */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import * as Activity from "../activity";
import type { CallerScope, TenantScope } from "../access";

const record = Activity.recorderOf("agents");

const LENGTH_MAX = 60;
const SLUG = /^[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?$/;
/** Of one name; beyond it the ending is random. */
const NUMBERED_MAX = 20;

/** A slug made of the name that no other agent of the tenant has. */
export async function freeFor(ctx: QueryCtx, scope: TenantScope, name: string): Promise<string> {
  const base = slugOf(name);
  for (let number = 1; number <= NUMBERED_MAX; number++) {
    const slug = number === 1 ? base : `${base}-${number}`;
    if (await isFree(ctx, scope, slug)) return slug;
  }
  return `${base}-${Math.random().toString(36).slice(2, 10)}`;
}

/** @throws invalid_argument - It is no slug, or another agent's. */
export async function checked(
  ctx: QueryCtx,
  scope: TenantScope,
  { slug, of }: { slug: string; of?: Doc<"agents"> },
): Promise<string> {
  if (!SLUG.test(slug)) {
    const reason = `must be of a-z, 0-9, ".", "_" and "-", at most ${LENGTH_MAX}, with a letter or digit at both ends`;
    return refuse(reason);
  }
  if (slug !== of?.slug && !(await isFree(ctx, scope, slug))) {
    return refuse(`"${slug}" is another agent's`);
  }
  return slug;
}

/** Gives the agent another slug; clients that name the old one are told that there is no such model. */
export async function change(
  ctx: MutationCtx,
  scope: CallerScope,
  { agent, slug: wanted, nowMs }: { agent: Doc<"agents">; slug: string; nowMs: number },
): Promise<void> {
  const slug = await checked(ctx, scope, { slug: wanted, of: agent });
  if (slug === agent.slug) return;
  await ctx.db.patch("agents", agent._id, { slug, updatedAt: nowMs });
  const told = { before: { slug: agent.slug }, after: { slug } };
  await record(ctx, scope, { action: "rename", id: agent._id, ...told, nowMs });
}

/** The agent of that slug or id; null: the tenant has none. */
export async function find(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  slugOrId: string,
): Promise<Doc<"agents"> | null> {
  const named = await ctx.db
    .query("agents")
    .withIndex("by_slug", (q) => q.eq("tenantId", tenantId).eq("slug", slugOrId))
    .unique();
  if (named !== null) return named;
  const id = ctx.db.normalizeId("agents", slugOrId);
  const agent = id === null ? null : await ctx.db.get("agents", id);
  return agent?.tenantId === tenantId ? agent : null;
}

/** Nobody's yet; and no agent's id, by which that one can be called. */
async function isFree(ctx: QueryCtx, { tenantId }: TenantScope, slug: string): Promise<boolean> {
  if (ctx.db.normalizeId("agents", slug) !== null) return false;
  const taken = await ctx.db
    .query("agents")
    .withIndex("by_slug", (q) => q.eq("tenantId", tenantId).eq("slug", slug))
    .first();
  return taken === null;
}

function slugOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LENGTH_MAX - 3)
    .replaceAll(/^-+|-+$/g, "");
  return plain === "" ? "agent" : plain;
}

function refuse(reason: string): never {
  return fail({ kind: "invalid_argument", field: "slug", reason });
}
