/**
 * What an erasure removes of a person: how they sign in, what invited them, their memberships with their keys,
 * opinions and traces in the logs, and in the end who they were. What they made in a tenant is the tenant's, and
 * keeps naming an id that nobody has any more.
 */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import * as Activity from "../activity";
import { removeOf } from "../budgets/policies";
import * as Keys from "../keys/keys";
import { MEMBERSHIPS_PER_USER_MAX, requireAnotherOwner } from "../memberships";
import { alike } from "../tenantTables";
import { deleteSome } from "./batches";
import { begin, type Progress } from "./progress";

const record = Activity.recorderOf("memberships");

/** In this order: first what lets the person in. A test holds the list against the schema. */
export const USER_TABLES = [
  "identities",
  "auth_sessions",
  "passwords",
  "one_time_links",
  "device_grants",
  "invitations",
  "memberships",
] as const;
type UserTable = (typeof USER_TABLES)[number];

/** Accounts that a person signs in with; the request takes all of them away at once. */
const IDENTITIES_MAX = 100;
const LOG_PAGE_SIZE = 100;
/** No invitation is to it: stored addresses are not empty. */
const NOBODYS = "";

/**
 * Cuts the person's access now, everywhere, with the keys that they answer for, and begins to erase them. There
 * is no way back.
 *
 * @throws conflict - They are the last owner of a tenant: somebody else has to become one, or the tenant to be
 *   erased, first.
 */
export async function requestOfUser(
  ctx: MutationCtx,
  { _id: id }: Doc<"users">,
  nowMs: number,
): Promise<Id<"erasures">> {
  const memberships = await ctx.db
    .query("memberships")
    .withIndex("by_user", (q) => q.eq("userId", id))
    .take(MEMBERSHIPS_PER_USER_MAX);
  for (const membership of memberships) await requireAnotherOwner(ctx, membership);
  await ctx.db.patch("users", id, { status: "suspended", updatedAt: nowMs });
  const identities = await ctx.db
    .query("identities")
    .withIndex("by_user", (q) => q.eq("userId", id))
    .take(IDENTITIES_MAX);
  for (const identity of identities) await ctx.db.delete("identities", identity._id);
  return await begin(ctx, { subject: "user", id }, { table: USER_TABLES[0], nowMs });
}

/** A batch of the next table that has rows; behind the last one the proof, and the person's own end. */
export async function eraseSomeOfUser(
  ctx: MutationCtx,
  userId: Id<"users">,
  { table, cursor, nowMs }: { table: string; cursor?: string | undefined; nowMs: number },
): Promise<Progress> {
  const user = await ctx.db.get("users", userId);
  const whose = { userId, email: user?.email };
  const from = USER_TABLES.findIndex((one) => one === table);
  for (const one of from === -1 ? [] : USER_TABLES.slice(from)) {
    if (one === "memberships") {
      const left = await leaveOne(ctx, userId, { cursor, nowMs });
      if (left !== null) return left;
      continue;
    }
    const deleted = { table: one, ...(await deleteSome(ctx, one, rowsOfUser(ctx, one, whose))) };
    if (deleted.rows > 0) return { deleted, next: { table: one }, isDone: false };
  }
  // Read in the transaction that says so: no table has a row of the person's.
  for (const one of USER_TABLES) {
    if ((await rowsOfUser(ctx, one, whose).first()) !== null) {
      return { deleted: { table, rows: 0, files: 0 }, next: { table: one }, isDone: false };
    }
  }
  if (user !== null) await ctx.db.delete("users", userId);
  const deleted = { table: "users", rows: user === null ? 0 : 1, files: 0 };
  return { deleted, next: { table: "users" }, isDone: true };
}

/** The person's rows of a table; of invitations those to their address. */
function rowsOfUser(
  ctx: MutationCtx,
  table: UserTable,
  { userId, email = NOBODYS }: { userId: Id<"users">; email: string | undefined },
) {
  if (table === "invitations") {
    const invitations = alike<"email">(ctx).query(table);
    return invitations.withIndex("by_email", (q) => q.eq("email", email));
  }
  const rows = alike<"userId">(ctx).query(table);
  return rows.withIndex("by_user", (q) => q.eq("userId", userId));
}

/** A part of one tenant's: a page of the log without the person's addresses; behind the last one the rest. */
async function leaveOne(
  ctx: MutationCtx,
  userId: Id<"users">,
  { cursor, nowMs }: { cursor: string | undefined; nowMs: number },
): Promise<Progress | null> {
  const table = "memberships";
  const membership = await ctx.db
    .query("memberships")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .first();
  if (membership === null) return null;
  const { tenantId } = membership;
  const log = await ctx.db
    .query("activity_log")
    .withIndex("by_actor", (q) => q.eq("tenantId", tenantId).eq("actor.id", userId))
    .paginate({ cursor: cursor ?? null, numItems: LOG_PAGE_SIZE });
  for (const { _id } of log.page) {
    await ctx.db.patch("activity_log", _id, { ip: undefined, userAgent: undefined });
  }
  if (!log.isDone) {
    const deleted = { table, rows: 0, files: 0 };
    return { deleted, next: { table, cursor: log.continueCursor }, isDone: false };
  }

  const by = { tenantId, system: "erasure" };
  await Keys.revokeOf(ctx, by, { userId, nowMs });
  const ratings = ctx.db
    .query("skill_ratings")
    .withIndex("by_tenant_and_user", (q) => q.eq("tenantId", tenantId).eq("userId", userId));
  const rated = await deleteSome(ctx, "skill_ratings", ratings);
  if (rated.rows > 0) {
    return { deleted: { table: "skill_ratings", ...rated }, next: { table }, isDone: false };
  }
  await removeOf(ctx, by, { subject: { dimension: "user", key: userId }, nowMs });
  await ctx.db.delete("memberships", membership._id);
  await record(ctx, by, { action: "erase", id: membership._id, nowMs });
  return { deleted: { table, rows: 1, files: 0 }, next: { table }, isDone: false };
}
