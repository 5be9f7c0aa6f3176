/** The prompt of the next call, in a session or in a new one, for people to look at: the same that a run would be given. */
import {
  assemble,
  messageTokens,
  type Block,
  type Material,
  type Said,
} from "../../../src/context/prompt";
import type { CalledModel } from "../../../src/context/calibration";
import type { SaidFile } from "../../../src/context/files";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { beginningOf } from "../../lib/texts";
import type { PromptView } from "../../views/prompts";
import type { CallerScope } from "../access";
import * as Agents from "../agents/agents";
import { checkedChanges, type AgentChanges } from "../agents/settings";
import { materialFor, type At } from "../context";
import { checkedContent } from "../messages";
import { requireKnown } from "../modes";
import * as Sessions from "../sessions";
import { runnableOf } from "../skills/runnable";
import { tokenCountOf } from "../tokens";
import { placeOf, votersOf } from "./context";

/** Of each message: the prompt may have two million of them. */
const TEXT_CHARS_MAX = 1_000;

/**
 * What the session's agent would be called with next: for the run whose turn it is, or with `content` as the next
 * message.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws invalid_argument - The content is blank or too long.
 */
export async function promptOf(
  ctx: QueryCtx,
  scope: CallerScope,
  {
    sessionId,
    content,
    nowMs,
  }: { sessionId: Id<"sessions">; content: string | undefined; nowMs: number },
): Promise<PromptView> {
  const session = await Sessions.getOrFail(ctx, scope, sessionId);
  const agent = await Agents.getOrFail(ctx, scope, session.agentId);
  const run = session.activeRunId && (await ctx.db.get("runs", session.activeRunId));
  const { choice, voters, skills, at } = run
    ? await placeOf(ctx, scope, { run, agent, nowMs })
    : await nextOf(ctx, scope, { agent, at: nextTurn(session, content) });
  const call = { agent, model: choice, voters, skills, at };
  return toView(await materialFor(ctx, scope, { ...call, nowMs }), { scope, agent, at });
}

/**
 * What an agent would be called with first in a new session.
 *
 * @param changes - To the agent, as if they were saved.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - The content is blank or too long, or the changes are not as they have to be.
 */
export async function promptOfAgent(
  ctx: QueryCtx,
  scope: CallerScope,
  {
    agentId,
    changes = {},
    content,
    nowMs,
  }: {
    agentId: Id<"agents">;
    changes?: AgentChanges | undefined;
    content?: string | undefined;
    nowMs: number;
  },
): Promise<PromptView> {
  const saved = await Agents.getOrFail(ctx, scope, agentId);
  const changed = checkedChanges(changes);
  await requireKnown(ctx, scope, changed.mode);
  const agent: Doc<"agents"> = omitUndefined({ ...saved, ...changed });
  const at = turnWith(content, { sessionId: null, turn: 1 });
  const { choice, voters, skills } = await nextOf(ctx, scope, { agent, at });
  const call = { agent, model: choice, voters, skills, at };
  return toView(await materialFor(ctx, scope, { ...call, nowMs }), { scope, agent, at });
}

/** What a run that begins there would call first, and with what. */
async function nextOf(
  ctx: QueryCtx,
  scope: CallerScope,
  { agent, at }: { agent: Doc<"agents">; at: At },
) {
  const { consensusEnabled } = agent;
  return {
    choice: agent,
    voters: consensusEnabled ? votersOf(agent, []) : [],
    skills: consensusEnabled ? [] : await runnableOf(ctx, scope, agent),
    at,
  };
}

function toView(
  material: Material,
  { scope, agent, at }: { scope: CallerScope; agent: Doc<"agents">; at: At },
): PromptView {
  const prompt = assemble(material);
  const { provider } = material.model;
  const history = prompt.blocks.find(({ kind }) => kind === "history")?.messages ?? [];
  const mayReadAgent = scope.actor.permissions.has("agents:read");
  return {
    provider,
    model: material.model.model,
    mode: material.mode.name,
    maxOutputTokens: prompt.budget.outputTokens,
    budget: prompt.budget,
    totalTokens: prompt.totalTokens,
    blocks: prompt.blocks.map((block) =>
      toBlockView(block, { model: material.model, mayReadAgent }),
    ),
    leftOut: prompt.leftOut.map(({ reason, messageId }) => ({
      reason,
      messageId: idOf(messageId),
    })),
    earlierTurns: (history[0]?.turn ?? at.turn) - 1,
    ...omitUndefined({
      temperature: prompt.temperature ?? undefined,
      reasoningEffort: agent.reasoningEffort,
    }),
  };
}

/** Where the session's next message would stand, and what it would say. */
function nextTurn({ _id: sessionId, turnCount }: Doc<"sessions">, given: string | undefined): At {
  return turnWith(given, { sessionId, turn: turnCount + 1 });
}

function turnWith(given: string | undefined, place: Pick<At, "sessionId" | "turn">): At {
  if (given === undefined) return { ...place, underWay: () => [] };
  const text = checkedContent(given);
  const tokenCount = tokenCountOf({ content: text });
  const { turn } = place;
  const said: Said = { messageId: null, turn, role: "user", text, toolCalls: [], tokenCount };
  return { ...place, underWay: () => [said] };
}

const OF_THE_AGENT: ReadonlySet<Block["kind"]> = new Set(["system", "mode", "tools"]);

function toBlockView(
  { kind, tokens, text, messages }: Block,
  { model, mayReadAgent }: { model: CalledModel; mayReadAgent: boolean },
): PromptView["blocks"][number] {
  return {
    kind,
    tokens,
    ...omitUndefined({
      text: mayReadAgent || !OF_THE_AGENT.has(kind) ? text : undefined,
      messages: messages?.map((said) => ({
        messageId: idOf(said.messageId),
        role: said.role,
        text: beginningOf(said.text, TEXT_CHARS_MAX),
        toolCalls: said.toolCalls.length,
        ...omitUndefined({ files: said.files?.map(toFileView) }),
        tokens: messageTokens([said], model),
      })),
    }),
  };
}

function toFileView({ fileId, sizeBytes: _sizeBytes, ...file }: SaidFile) {
  return { ...file, fileId: fileId as Id<"files"> };
}

/** What is put together knows no tables. */
function idOf(messageId: string | null): Id<"messages"> | null {
  return messageId as Id<"messages"> | null;
}
