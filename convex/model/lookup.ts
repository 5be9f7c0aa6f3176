/** Which of a tenant's rows an id is of: for people who have an id from a log or an error, and nothing else. */
import type { QueryCtx } from "../_generated/server";
import type { FoundRow } from "../views/administration";
import type { CallerScope } from "./access";

type Finder = (ctx: QueryCtx, scope: CallerScope, id: string) => Promise<FoundRow | null>;

/** Null: it is of nothing of the tenant's, or of something that the caller may not read. */
export async function lookUp(
  ctx: QueryCtx,
  scope: CallerScope,
  id: string,
): Promise<FoundRow | null> {
  const { permissions } = scope.actor;
  const finders: readonly Finder[] = [
    ...(permissions.has("sessions:read") ? [session, run] : []),
    ...(permissions.has("agents:read") ? [agent] : []),
    ...(permissions.has("costs:read") ? [call] : []),
  ];
  for (const find of finders) {
    const found = await find(ctx, scope, id);
    if (found !== null) return found;
  }
  return null;
}

const session: Finder = async (ctx, { tenantId }, text) => {
  const id = ctx.db.normalizeId("sessions", text);
  const row = id === null ? null : await ctx.db.get("sessions", id);
  if (row?.tenantId !== tenantId) return null;
  return { kind: "session", id: row._id, ...(row.title !== undefined && { name: row.title }) };
};

const run: Finder = async (ctx, { tenantId }, text) => {
  const id = ctx.db.normalizeId("runs", text);
  const row = id === null ? null : await ctx.db.get("runs", id);
  return row?.tenantId === tenantId ? { kind: "run", id: row._id, name: row.state.kind } : null;
};

const agent: Finder = async (ctx, { tenantId }, text) => {
  const id = ctx.db.normalizeId("agents", text);
  const row = id === null ? null : await ctx.db.get("agents", id);
  return row?.tenantId === tenantId ? { kind: "agent", id: row._id, name: row.name } : null;
};

const call: Finder = async (ctx, { tenantId }, text) => {
  const id = ctx.db.normalizeId("cost_events", text);
  const row = id === null ? null : await ctx.db.get("cost_events", id);
  if (row?.tenantId !== tenantId) return null;
  return { kind: "call", id: row._id, name: `${row.provider}/${row.model}` };
};
