/** Pins: messages of a session that its models read whether or not they are among the newest. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import type { CallerScope } from "./access";
import * as Activity from "./activity";
import { getOrFail } from "./messages";
import * as Sessions from "./sessions";
import { tokenCountOf } from "./tokens";

const record = Activity.recorderOf("messages");

/** Of a session: each is read with every turn, and paid for. */
export const PINNED_MAX = 20;
/** All of them together: a quarter of what the smallest models read. */
export const PINNED_TOKENS_MAX = 8_000;

/**
 * Pins a message. Twice is no error.
 *
 * @throws not_found - The message or its session does not exist or is another tenant's.
 * @throws conflict - It is still being written.
 * @throws invalid_argument - There is nothing to read in it.
 * @throws limit_reached - `PINNED_MAX` messages are pinned, or they have more than `PINNED_TOKENS_MAX` together.
 */
export async function pin(
  ctx: MutationCtx,
  scope: CallerScope,
  { messageId, nowMs }: { messageId: Id<"messages">; nowMs: number },
): Promise<void> {
  const message = await getOrFail(ctx, scope, messageId);
  const session = await Sessions.getOrFail(ctx, scope, message.sessionId);
  const before = session.pinnedMessageIds ?? [];
  if (before.includes(messageId)) return;
  if (message.status === "streaming") {
    const reason = "it is still being written: pin it when it has ended";
    fail({ kind: "conflict", entity: "message", reason });
  }
  if (message.content.trim() === "") {
    fail({ kind: "invalid_argument", field: "messageId", reason: "has nothing to read" });
  }
  if (before.length >= PINNED_MAX) {
    fail({ kind: "limit_reached", what: "pinned messages of the session", limit: PINNED_MAX });
  }
  const pinned = [...(await pinnedOf(ctx, session)), message];
  const tokens = pinned.reduce((sum, one) => sum + (one.tokenCount ?? tokenCountOf(one)), 0);
  if (tokens > PINNED_TOKENS_MAX) {
    const what = "tokens of the session's pinned messages";
    fail({ kind: "limit_reached", what, limit: PINNED_TOKENS_MAX });
  }
  await ctx.db.patch("sessions", session._id, { pinnedMessageIds: [...before, messageId] });
  await record(ctx, scope, { action: "pin", id: messageId, after: { pinned: true }, nowMs });
}

/** Takes a pin away. Twice is no error. */
export async function unpin(
  ctx: MutationCtx,
  scope: CallerScope,
  { messageId, nowMs }: { messageId: Id<"messages">; nowMs: number },
): Promise<void> {
  const { sessionId } = await getOrFail(ctx, scope, messageId);
  const { pinnedMessageIds: before = [] } = await Sessions.getOrFail(ctx, scope, sessionId);
  if (!before.includes(messageId)) return;
  const left = before.filter((one) => one !== messageId);
  await ctx.db.patch("sessions", sessionId, {
    pinnedMessageIds: left.length === 0 ? undefined : left,
  });
  await record(ctx, scope, { action: "unpin", id: messageId, before: { pinned: true }, nowMs });
}

/** The session's pinned messages in the order in which they were said. */
export async function pinnedOf(
  ctx: QueryCtx,
  { pinnedMessageIds = [] }: Doc<"sessions">,
): Promise<Doc<"messages">[]> {
  const found = await Promise.all(pinnedMessageIds.map((id) => ctx.db.get("messages", id)));
  const pinned = found.filter((message) => message !== null);
  return pinned.toSorted((a, b) => a.turn - b.turn || a.position - b.position);
}
