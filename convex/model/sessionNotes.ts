/** Notes that an agent keeps for a session, each under its name. */
import { NOTES_PER_SESSION_MAX } from "../../src/core/tools";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import type { NoteView } from "../views";
import type { TenantScope } from "./access";
import * as Sessions from "./sessions";

type Of = Pick<Doc<"session_notes">, "tenantId" | "sessionId">;

/**
 * The session's notes, the one that was begun first coming first.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export async function list(
  ctx: QueryCtx,
  scope: TenantScope,
  sessionId: Id<"sessions">,
): Promise<NoteView[]> {
  const { tenantId } = await Sessions.getOrFail(ctx, scope, sessionId);
  const notes = await of(ctx, { tenantId, sessionId });
  return notes.map(toView);
}

export function toView({ name, text, updatedAt }: Doc<"session_notes">): NoteView {
  return { name, text, updatedAt };
}

/** The session's notes as they are stored. */
export async function of(
  ctx: QueryCtx,
  { tenantId, sessionId }: Of,
): Promise<Doc<"session_notes">[]> {
  return await ctx.db
    .query("session_notes")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId))
    .take(NOTES_PER_SESSION_MAX);
}

/**
 * Keeps the note in place of the one of its name; what stands there already is not written again.
 *
 * @param run - Whose agent writes it.
 * @returns False when there is no room for another note.
 */
export async function write(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { note: { name, text }, nowMs }: { note: { name: string; text: string }; nowMs: number },
): Promise<boolean> {
  const { tenantId, sessionId, turn } = run;
  const notes = await of(ctx, run);
  const before = notes.find((each) => each.name === name);
  if (before === undefined) {
    if (notes.length === NOTES_PER_SESSION_MAX) return false;
    const times = { createdAt: nowMs, updatedAt: nowMs };
    await ctx.db.insert("session_notes", { tenantId, sessionId, name, text, turn, ...times });
  } else if (before.text !== text) {
    await ctx.db.patch("session_notes", before._id, { text, turn, updatedAt: nowMs });
  }
  return true;
}

/** Repeating it changes nothing. */
export async function remove(ctx: MutationCtx, run: Doc<"runs">, name: string): Promise<void> {
  const note = (await of(ctx, run)).find((each) => each.name === name);
  if (note !== undefined) await ctx.db.delete("session_notes", note._id);
}

/** Gives another session the notes as they were written up to that turn. What stood under a name before is gone. */
export async function copy(
  ctx: MutationCtx,
  { tenantId, _id }: Doc<"sessions">,
  { sessionId, turn }: { sessionId: Id<"sessions">; turn: number },
): Promise<void> {
  for (const { _id: _old, _creationTime, ...note } of await of(ctx, { tenantId, sessionId: _id })) {
    if (note.turn <= turn) await ctx.db.insert("session_notes", { ...note, sessionId });
  }
}
