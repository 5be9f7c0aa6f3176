/** Context: what of a session a model is given to read. */
import { v, type Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { CALL_BYTES_MAX, named, saidFile } from "../../src/context/files";
import { budgetOf, textTokens, type Material, type Said } from "../../src/context/prompt";
import { sharedRoom } from "../../src/context/sharedRoom";
import { findPriceRecord } from "../../src/pricing/priceBook";
import { modelFacts } from "../../src/providers/modelFacts";
import { listingOf, skillTools } from "../../src/skills/tools";
import { describe, toolNamed } from "../../src/tools/registry";
import type { CalledModel } from "../../src/context/calibration";
import type { QueryCtx } from "../_generated/server";
import { vFileUse, vThoughts, vToolCall, vUnseenReason, type AgentTool } from "../validators";
import type { TenantScope } from "./access";
import { toolsOf } from "./agents/tools";
import * as Attachments from "./attachments";
import { charsOf } from "./messages";
import { modeNamed } from "./modes";
import { pinnedOf } from "./pins";
import { toDescribed, type RunSkill } from "./skills/runnable";
import * as Summaries from "./summaries";
import { tokenCountOf } from "./tokens";

/** Of a session before the turn, whatever room the model has: a transaction reads 16 MiB, a character has up to three. */
const HISTORY_MESSAGES_MAX = 200;
const HISTORY_CHARS_MAX = 2_000_000;

/** More than a run may write: a reply for each round of tools, and one for each lost worker. */
const MESSAGES_PER_TURN_MAX = 100;

/** A file as the model is to get it: to be shown or read out, or by its name with the reason why it cannot see it. */
const vSaidFile = v.object({
  fileId: v.string(),
  name: v.string(),
  contentType: v.string(),
  sizeBytes: v.number(),
  as: vFileUse,
  tokens: v.number(),
  unseen: v.optional(vUnseenReason),
});

export const vContextMessage = v.object({
  role: v.union(v.literal("user"), v.literal("assistant")),
  text: v.string(),
  toolCalls: v.array(vToolCall), // each with its result
  thoughts: v.optional(vThoughts), // that led to them, if the model that shall read it had them
  files: v.optional(v.array(vSaidFile)), // that came with it
});
export type ContextMessage = Infer<typeof vContextMessage>;

/** Where in a session a call is made: the turn, and its messages so far as the model that is called reads them. */
export type At = {
  /** Null: in none, for what reads none. */
  sessionId: Id<"sessions"> | null;
  turn: number;
  underWay: (model: CalledModel) => readonly Said[];
};

/** What the agent's call of a model at that place is put together from. */
export async function materialFor(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    agent,
    model: { provider, model },
    voters,
    skills,
    at,
    request = null,
    nowMs,
  }: {
    agent: Doc<"agents">;
    model: CalledModel;
    /** What the caller gave the run to read, which is no part of the material: it is in place of the session. */
    request?: Pick<Doc<"run_requests">, "model"> | null;
    /** Those that are given the same to read, if any are: it fits all of them. */
    voters: readonly CalledModel[];
    skills: readonly RunSkill[];
    at: At;
    nowMs: number;
  },
): Promise<Material> {
  const fixed = {
    model: { provider, model, ...limitsOf({ provider, model }, nowMs) },
    mode: request?.model === undefined ? await modeNamed(ctx, scope, agent.mode) : NO_MODE,
    temperature: agent.temperature ?? null,
    ...roomFor({ provider, model }, voters, { agent, nowMs }),
    systemPrompt: withSkills(agent.systemPrompt, skills),
    tools: textOfTools(toolsOf(agent, skills), skills),
  };
  // Each of the models that vote is sent them.
  const fileBytesMax = agent.consensusEnabled
    ? CALL_BYTES_MAX / Math.max(1, agent.consensusModels?.length ?? 1)
    : CALL_BYTES_MAX;
  const underWay = at.underWay(fixed.model);
  const { sessionId } = at;
  if (request !== null || sessionId === null) {
    return { ...fixed, summary: null, pinned: [], earlier: [], underWay, fileBytesMax };
  }
  const room = { model: fixed.model, tokensMax: budgetOf(fixed).inputTokens };
  const session = await ctx.db.get("sessions", sessionId);
  const pinned = session === null ? [] : await pinnedOf(ctx, session);
  const summary = session === null ? null : await Summaries.inForce(ctx, session);
  return {
    ...fixed,
    summary: summary?.text ?? null,
    pinned: saidIn(
      pinned.filter(({ turn }) => turn < at.turn),
      fixed.model,
    ),
    earlier: await saidBefore(ctx, scope, {
      ...at,
      sessionId,
      after: summary?.upToTurn ?? 0,
      room,
    }),
    underWay,
    fileBytesMax,
  };
}

/** Of a model that is called by its own name. */
const NO_MODE: Material["mode"] = {
  name: "none",
  prompt: "",
  temperature: null,
  maxTokens: null,
  historyShare: 1,
};

/** The agent's own bounds; of a vote, with those of the models that vote. */
function roomFor(
  called: CalledModel,
  voters: readonly CalledModel[],
  { agent, nowMs }: { agent: Doc<"agents">; nowMs: number },
): Pick<Material, "maxTokens" | "inputTokensMax"> {
  const { maxTokens, maxContextTokens: inputTokensMax = null } = agent;
  if (voters.length === 0) return { maxTokens, inputTokensMax };
  const readers = voters.map(({ provider, model }) => {
    const { limits } = limitsOf({ provider, model }, nowMs);
    return { provider, model, limits };
  });
  const room = sharedRoom(called, readers, { outputTokens: maxTokens, inputTokensMax });
  return { maxTokens: room.outputTokens, inputTokensMax: room.inputTokensMax };
}

/** What the model takes, as far as the price book and the rules know it. */
export function limitsOf({ provider, model }: CalledModel, nowMs: number) {
  const limits = findPriceRecord({ provider, model, atMs: nowMs }) ?? NO_LIMITS;
  const { acceptsTemperature } = modelFacts({ provider, model, atMs: nowMs });
  return { limits, acceptsTemperature };
}

/** The agent's own words, and what its skills are for. */
function withSkills(systemPrompt: string, skills: readonly RunSkill[]): string {
  const listing = listingOf(skills);
  if (listing === null) return systemPrompt;
  return systemPrompt.trim() === "" ? listing : `${systemPrompt}\n\n${listing}`;
}

const NO_LIMITS = { contextWindowTokens: null, inputTokensMax: null, outputTokensMax: null };

/** As providers are told of them, or near enough to be counted. */
export function textOfTools(tools: readonly AgentTool[], skills: readonly RunSkill[]): string {
  const builtIn = tools.map(({ name, allowedHosts }) => {
    const tool = toolNamed(name);
    return { ...tool, description: describe(tool, allowedHosts) };
  });
  return [...builtIn, ...skillTools(toDescribed(skills))]
    .map(({ name, description, inputSchema }) => JSON.stringify({ name, description, inputSchema }))
    .join("\n");
}

/**
 * What was said between two turns, the newest first: as much as a model can take in `tokensMax`, and a message more, so
 * that there is one to be left out.
 */
export async function saidBefore(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    sessionId,
    turn,
    after,
    room: { model, tokensMax },
  }: {
    sessionId: Id<"sessions">;
    turn: number;
    after: number;
    room: { model: CalledModel; tokensMax: number };
  },
): Promise<Said[]> {
  const newestFirst = ctx.db
    .query("messages")
    .withIndex("by_session", (q) =>
      q
        .eq("tenantId", scope.tenantId)
        .eq("sessionId", sessionId)
        .gt("turn", after)
        .lt("turn", turn),
    )
    .order("desc");
  const said: Said[] = [];
  const answered = new Set<number>();
  let [tokens, chars] = [0, 0];
  for await (const message of newestFirst) {
    chars += charsOf([message]);
    if (said.length === HISTORY_MESSAGES_MAX || chars > HISTORY_CHARS_MAX) break;
    if (hasSaidAnything(message)) answered.add(message.turn);
    const added = saidIn([message], model).map((one) => onceAnswered(one, answered));
    said.push(...added);
    tokens += textTokens(added, model);
    if (tokens > tokensMax) break;
  }
  return said;
}

/** A reply that was stopped, or broke off, is the answer of a model that has taken the call. */
function hasSaidAnything({ role, status, content }: Doc<"messages">): boolean {
  return role === "assistant" && (status === "complete" || content !== "");
}

/** A file that made the model refuse the call would make it refuse every later one. */
function onceAnswered(said: Said, answered: ReadonlySet<number>): Said {
  if (said.files === undefined || answered.has(said.turn)) return said;
  return { ...said, files: said.files.map((file) => named(file, "reply_failed")) };
}

/** Messages as prompts for the model are put together of them. */
export function saidIn(messages: readonly Doc<"messages">[], model: CalledModel): Said[] {
  return messages.flatMap((message) => {
    const { _id: messageId, role, turn, content, attachments = [], toolCalls = [] } = message;
    if (role === "system") return [];
    const text = content + Attachments.mentionOf(attachments);
    const tokenCount = message.tokenCount ?? tokenCountOf(message);
    const files = attachments.map((attachment) => saidFile(attachment, model));
    return [
      {
        messageId,
        turn,
        role,
        text,
        toolCalls,
        tokenCount,
        ...thoughtsFor(model, message),
        ...(files.length > 0 && { files }),
      },
    ];
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
