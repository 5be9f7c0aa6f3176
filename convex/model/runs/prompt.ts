/** The prompt of a session's next call, for people to look at: the same that a run would be given. */
import { assemble, messageTokens, type Block, type Said } from "../../../src/context/prompt";
import type { CalledModel } from "../../../src/context/calibration";
import type { SaidFile } from "../../../src/context/files";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { beginningOf } from "../../lib/texts";
import type { PromptView } from "../../views/prompts";
import type { CallerScope } from "../access";
import * as Agents from "../agents/agents";
import { materialFor, type At } from "../context";
import { checkedContent } from "../messages";
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
    : {
        choice: agent,
        voters: agent.consensusEnabled ? votersOf(agent, []) : [],
        skills: agent.consensusEnabled ? [] : await runnableOf(ctx, scope, agent),
        at: nextTurn(session, content),
      };
  const material = await materialFor(ctx, scope, {
    agent,
    model: choice,
    voters,
    skills,
    at,
    nowMs,
  });
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
    blocks: prompt.blocks.map((block) => toView(block, { model: material.model, mayReadAgent })),
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
  const turn = turnCount + 1;
  if (given === undefined) return { sessionId, turn, underWay: () => [] };
  const text = checkedContent(given);
  const tokenCount = tokenCountOf({ content: text });
  const said: Said = { messageId: null, turn, role: "user", text, toolCalls: [], tokenCount };
  return { sessionId, turn, underWay: () => [said] };
}

const OF_THE_AGENT: ReadonlySet<Block["kind"]> = new Set(["system", "mode", "tools"]);

function toView(
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
