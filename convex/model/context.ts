/** Context: what of a session a model is given to read. */
import { v, type Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { budgetOf, messageTokens, type Material, type Said } from "../../src/context/prompt";
import { findPriceRecord } from "../../src/pricing/priceBook";
import { listingOf, skillTools } from "../../src/skills/tools";
import { toolNamed } from "../../src/tools/registry";
import type { CalledModel } from "../../src/context/calibration";
import type { QueryCtx } from "../_generated/server";
import { vThoughts, vToolCall, type AgentTool } from "../validators";
import type { TenantScope } from "./access";
import * as Attachments from "./attachments";
import { charsOf } from "./messages";
import { toDescribed, type RunSkill } from "./skills/runnable";
import { tokenCountOf } from "./tokens";

/** Of a session before the turn, whatever room the model has: a transaction reads 16 MiB, a character has up to three. */
const HISTORY_MESSAGES_MAX = 200;
const HISTORY_CHARS_MAX = 2_000_000;

/** More than a run may write: a reply for each round of tools, and one for each lost worker. */
const MESSAGES_PER_TURN_MAX = 100;

export const vContextMessage = v.object({
  role: v.union(v.literal("user"), v.literal("assistant")),
  text: v.string(),
  toolCalls: v.array(vToolCall), // each with its result
  thoughts: v.optional(vThoughts), // that led to them, if the model that shall read it had them
});
export type ContextMessage = Infer<typeof vContextMessage>;

/** Where in a session a call is made: the turn, and its messages so far. */
export type At = { sessionId: Id<"sessions">; turn: number; underWay: readonly Doc<"messages">[] };

/** What the agent's call of a model at that place is put together from. */
export async function materialFor(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    agent,
    model: { provider, model },
    skills,
    at,
    nowMs,
  }: {
    agent: Doc<"agents">;
    model: CalledModel;
    skills: readonly RunSkill[];
    at: At;
    nowMs: number;
  },
): Promise<Material> {
  const record = findPriceRecord({ provider, model, atMs: nowMs });
  const limits = record ?? NO_LIMITS;
  const called = { provider, model, limits };
  const sizes = { outputTokens: agent.maxTokens, inputTokensMax: agent.maxContextTokens ?? null };
  const { inputTokens } = budgetOf({ model: called, ...sizes });
  const room = { model: called, tokensMax: inputTokens };
  return {
    model: called,
    ...sizes,
    systemPrompt: withSkills(agent.systemPrompt, skills),
    tools: textOfTools(agent.tools ?? [], skills),
    earlier: await saidBefore(ctx, scope, { ...at, room }),
    underWay: saidIn(at.underWay, called),
  };
}

/** The agent's own words, and what its skills are for. */
function withSkills(systemPrompt: string, skills: readonly RunSkill[]): string {
  const listing = listingOf(skills);
  if (listing === null) return systemPrompt;
  return systemPrompt.trim() === "" ? listing : `${systemPrompt}\n\n${listing}`;
}

const NO_LIMITS = { contextWindowTokens: null, inputTokensMax: null, outputTokensMax: null };

/** As providers are told of them, or near enough to be counted. */
function textOfTools(tools: readonly AgentTool[], skills: readonly RunSkill[]): string {
  const builtIn = tools.map(({ name }) => toolNamed(name));
  return [...builtIn, ...skillTools(toDescribed(skills))]
    .map(({ name, description, inputSchema }) => JSON.stringify({ name, description, inputSchema }))
    .join("\n");
}

/**
 * What was said before a turn, the newest first: as much as a model can take in `tokensMax`, and a message more, so
 * that there is one to be left out.
 */
export async function saidBefore(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    sessionId,
    turn,
    room: { model, tokensMax },
  }: {
    sessionId: Id<"sessions">;
    turn: number;
    room: { model: CalledModel; tokensMax: number };
  },
): Promise<Said[]> {
  const newestFirst = ctx.db
    .query("messages")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", scope.tenantId).eq("sessionId", sessionId).lt("turn", turn),
    )
    .order("desc");
  const said: Said[] = [];
  let [tokens, chars] = [0, 0];
  for await (const message of newestFirst) {
    chars += charsOf([message]);
    if (said.length === HISTORY_MESSAGES_MAX || chars > HISTORY_CHARS_MAX) break;
    const added = saidIn([message], model);
    said.push(...added);
    tokens += messageTokens(added, model);
    if (tokens > tokensMax) break;
  }
  return said;
}

/** Messages as prompts for the model are put together of them. */
export function saidIn(messages: readonly Doc<"messages">[], model: CalledModel): Said[] {
  return messages.flatMap((message) => {
    const { _id: messageId, role, turn, content, attachments = [], toolCalls = [] } = message;
    if (role === "system") return [];
    const text = content + Attachments.mentionOf(attachments);
    const tokenCount = message.tokenCount ?? tokenCountOf(message);
    return [{ messageId, turn, role, text, toolCalls, tokenCount, ...thoughtsFor(model, message) }];
  });
}

function thoughtsFor(
  reader: CalledModel,
  { provider, model, thoughts }: Pick<Doc<"messages">, "provider" | "model" | "thoughts">,
): Pick<Said, "thoughts"> {
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
