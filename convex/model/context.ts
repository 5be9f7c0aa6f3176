/** Context: what of a session a model is given to read. */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { vThoughts, vToolCall, type FallbackModel } from "../validators";
import type { TenantScope } from "./access";
import * as Attachments from "./attachments";
import * as Messages from "./messages";

/** What a model is given at most: the newest part of the session that fits into both. */
const CONTEXT_MESSAGES_MAX = 200;
const CONTEXT_CHARS_MAX = 400_000;

/** More than a run may write: a reply for each round of tools, and one for each lost worker. */
const MESSAGES_PER_TURN_MAX = 100;

export const vContextMessage = v.object({
  role: v.union(v.literal("user"), v.literal("assistant")),
  text: v.string(),
  toolCalls: v.array(vToolCall), // each with its result
  thoughts: v.optional(vThoughts), // that led to them, if the model that shall read it had them
});
export type ContextMessage = Infer<typeof vContextMessage>;

/** What a tool would have said whose call came to no end: no provider takes a call without a result. */
const NO_RESULT = { text: "The call was not finished.", isError: true };

/**
 * What the model reads for a run: the newest messages of its session up to the run's own, in order, as many as
 * fit, and what the run has said and was told by tools so far. It begins with a user's, as every provider demands.
 * What a reply lacks at its end because it was interrupted is not made up; a reply without anything is left out.
 *
 * @param replies - The run's, by `repliesOf`.
 * @param reader - The model that is to be called.
 */
export async function contextOf(
  ctx: QueryCtx,
  scope: TenantScope,
  { run, replies, reader }: { run: Doc<"runs">; replies: Doc<"messages">[]; reader: FallbackModel },
): Promise<ContextMessage[]> {
  const asked = await Messages.getOrFail(ctx, scope, run.userMessageId);
  const earlier = ctx.db
    .query("messages")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", scope.tenantId).eq("sessionId", run.sessionId).lt("turn", run.turn),
    )
    .order("desc");
  const room = {
    countMax: CONTEXT_MESSAGES_MAX,
    charsMax: CONTEXT_CHARS_MAX - Messages.charsOf(replies),
  };
  const newest = [
    ...replies.toReversed(),
    ...(await Messages.takeWithin(chain(asked, earlier), room)),
  ];
  const said: ContextMessage[] = newest
    .toReversed()
    // Providers refuse a message without anything to read, and would refuse each later run with it.
    .flatMap(({ role, content, attachments = [], toolCalls = [], ...rest }) =>
      role === "system" || (content.trim() === "" && toolCalls.length === 0)
        ? []
        : [
            {
              role,
              text: content + Attachments.mentionOf(attachments),
              toolCalls: toolCalls.map((call) => ({ result: NO_RESULT, ...call })),
              ...thoughtsFor(reader, rest),
            },
          ],
    );
  const firstOfUser = said.findIndex(({ role }) => role === "user");
  return said.slice(firstOfUser);
}

function thoughtsFor(
  reader: FallbackModel,
  { provider, model, thoughts }: Pick<Doc<"messages">, "provider" | "model" | "thoughts">,
): Pick<ContextMessage, "thoughts"> {
  const areOwn = provider === reader.provider && model === reader.model;
  return areOwn && thoughts !== undefined ? { thoughts } : {};
}

/**
 * The replies with which a run has called tools so far, in order. Its other ones are interrupted ones of lost
 * workers: it says these again.
 */
export async function repliesOf(ctx: QueryCtx, run: Doc<"runs">): Promise<Doc<"messages">[]> {
  const ofTurn = await ctx.db
    .query("messages")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", run.tenantId).eq("sessionId", run.sessionId).eq("turn", run.turn),
    )
    .take(MESSAGES_PER_TURN_MAX);
  return ofTurn.filter(({ toolCalls }) => toolCalls !== undefined);
}

async function* chain<T>(first: T, others: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* others;
}
