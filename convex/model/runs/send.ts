/** Sending: something a user says to an agent, in a session or in a new one. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import type { DrivenBy, WhenBusy } from "../../validators";
import type { Sent } from "../../views";
import type { CallerScope } from "../access";
import * as Agents from "../agents/agents";
import * as Attachments from "../attachments";
import { checkedContent } from "../messages";
import * as Sessions from "../sessions";
import { begin, checkedKey, sentBefore } from "./turn";

export type NewMessage = {
  sessionId?: Id<"sessions"> | undefined;
  agentId?: Id<"agents"> | undefined;
  content: string;
  attachments?: Attachments.NewAttachment[] | undefined;
  whenBusy?: WhenBusy | undefined;
  drivenBy?: DrivenBy | undefined;
  idempotencyKey?: string | undefined;
};

/**
 * Accepts a message for an agent. The run starts at once, or after the session's runs before it.
 *
 * Safe to repeat with the same `idempotencyKey`: the first call's ids come back and nothing is written.
 *
 * @throws invalid_argument - No content or too much of it; neither a session nor an agent; a session of
 *   another agent than the one given; attachments that are too many or too large.
 * @throws not_found - The session or agent does not exist or is another tenant's; an upload does not exist, or is
 *   somebody's already.
 * @throws conflict - The agent is paused or archived, or the session is closed; or it is busy, and `whenBusy`
 *   says not to wait.
 * @throws forbidden - `whenBusy` says to interrupt, and the caller may not cancel runs.
 * @throws limit_reached - `QUEUED_RUNS_MAX` runs are waiting in the session, or there is no room for the attachments.
 * @throws idempotency_key_reused - The key came before with another message.
 */
export async function send(
  ctx: MutationCtx,
  scope: CallerScope,
  { message, nowMs }: { message: NewMessage; nowMs: number },
): Promise<Sent> {
  const content = checkedContent(message.content);
  const uploads = Attachments.checked(message.attachments ?? []);
  const key = checkedKey(message.idempotencyKey);
  const before = await sentBefore(ctx, scope, {
    key,
    isSame: async (run, said) =>
      said.content === content &&
      said.editedFrom === undefined &&
      isSameTarget(run, message) &&
      (await Attachments.areOf(ctx, uploads, said.attachments)),
  });
  if (before !== null) return before;

  const session = await sessionFor(ctx, scope, { message, nowMs });
  const sessionId = session._id;
  const attachments = await Attachments.claim(ctx, scope, { uploads, sessionId, nowMs });
  const opensSession = message.sessionId === undefined;
  const said = { content, attachments, key, opensSession };
  const { whenBusy, drivenBy } = message;
  return await begin(ctx, scope, { session, said, whenBusy, drivenBy, nowMs });
}

async function sessionFor(
  ctx: MutationCtx,
  scope: CallerScope,
  { message: { sessionId, agentId }, nowMs }: { message: NewMessage; nowMs: number },
): Promise<Doc<"sessions">> {
  if (sessionId === undefined) {
    if (agentId === undefined) {
      const reason = "give the session to go on with, or agentId to open a new one";
      return fail({ kind: "invalid_argument", field: "sessionId", reason });
    }
    return await Sessions.open(ctx, scope, { session: { agentId }, nowMs });
  }
  const session = await Sessions.getOrFail(ctx, scope, sessionId);
  if (agentId !== undefined) {
    await Agents.getOrFail(ctx, scope, agentId);
    if (agentId !== session.agentId) {
      const reason = "is not the agent of the session";
      fail({ kind: "invalid_argument", field: "agentId", reason });
    }
  }
  Sessions.requireOpen(session);
  await Sessions.requireTakesMessages(ctx, await Agents.getOrFail(ctx, scope, session.agentId));
  return session;
}

function isSameTarget(run: Doc<"runs">, { sessionId, agentId }: NewMessage): boolean {
  return sessionId === undefined
    ? run.opensSession && run.agentId === agentId
    : !run.opensSession && run.sessionId === sessionId;
}
