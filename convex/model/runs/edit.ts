/** Editing: saying something otherwise than it was said, in a session that branches off there. */
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import type { Sent } from "../../views";
import type { CallerScope } from "../access";
import * as Agents from "../agents/agents";
import * as Attachments from "../attachments";
import * as Branches from "../branches";
import * as Messages from "../messages";
import * as Sessions from "../sessions";
import { begin, checkedKey, sentBefore } from "./turn";

export type Edit = {
  messageId: Id<"messages">;
  content: string;
  idempotencyKey?: string | undefined;
};

/**
 * Says what a message said in other words: in a new session, after what was said before it. The message's
 * attachments come along. Its own session stays as it is, and so do the runs there.
 *
 * Safe to repeat with the same `idempotencyKey`: the first call's ids come back and nothing is written.
 *
 * @throws not_found - The message or its session does not exist or is another tenant's.
 * @throws invalid_argument - It is no user's; no content or too much of it.
 * @throws conflict - The agent is paused or archived, or something before the message is still being answered.
 * @throws limit_reached - Too much was said before it.
 * @throws idempotency_key_reused - The key came before with another message.
 */
export async function edit(
  ctx: MutationCtx,
  scope: CallerScope,
  { edit: { messageId, ...made }, nowMs }: { edit: Edit; nowMs: number },
): Promise<Sent> {
  const content = Messages.checkedContent(made.content);
  const key = checkedKey(made.idempotencyKey);
  const before = await sentBefore(ctx, scope, {
    key,
    isSame: (_run, said) => said.content === content && said.editedFrom === messageId,
  });
  if (before !== null) return before;

  const original = await Messages.getOrFail(ctx, scope, messageId);
  if (original.role !== "user") {
    const reason = "is no user's: only what they said is edited";
    fail({ kind: "invalid_argument", field: "messageId", reason });
  }
  const source = await Sessions.getOrFail(ctx, scope, original.sessionId);
  await Sessions.requireTakesMessages(ctx, await Agents.getOrFail(ctx, scope, source.agentId));
  const session = await Branches.open(ctx, scope, { source, turn: original.turn - 1, nowMs });
  const sessionId = session._id;
  const attachments = await Attachments.share(ctx, original, sessionId);
  const said = { content, attachments, editedFrom: messageId, key, opensSession: true };
  return await begin(ctx, scope, { session, said, nowMs });
}
