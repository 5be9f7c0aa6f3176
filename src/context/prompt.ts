/**
 * The prompt of a call, put together from what there is to read: which messages fit, in which order they stand, and
 * what was left out. Pure: the run and whoever wants to see its prompt get the same from it.
 */
import { budgetFor, type Budget, type ModelLimits } from "./budget";
import { calibrated, calibratedMessage, type CalledModel } from "./calibration";
import { countTokens } from "./tokens";

export type SaidCall = Readonly<{
  toolCallId: string;
  name: string;
  argumentsJson: string;
  signature?: string;
  result?: Readonly<{ text: string; isError: boolean }>;
}>;

/** What led to the calls of a reply, as the provider wants it back. */
export type SaidThoughts = Readonly<{
  account: string;
  parts: { block: string; afterChars: number; afterToolCalls: number }[];
}>;

/** A message as it stands in a session. */
export type Said = Readonly<{
  messageId: string;
  turn: number;
  role: "user" | "assistant";
  text: string;
  toolCalls: readonly SaidCall[];
  /** If the model that is to read them had them. */
  thoughts?: SaidThoughts;
  /** By `countTokens`, of all of it. */
  tokenCount: number;
}>;

/** A message as the model is given it; each call has its result. */
export type PromptMessage = {
  role: "user" | "assistant";
  text: string;
  toolCalls: SaidCall[];
  thoughts?: SaidThoughts;
};

/** What a call can be made of. */
export type Material = Readonly<{
  model: CalledModel & Readonly<{ limits: ModelLimits }>;
  /** Of one reply. */
  outputTokens: number;
  /** The agent's own cap on what is read; null: the model's window alone. */
  inputTokensMax: number | null;
  systemPrompt: string;
  /** What the model is told of its tools, as text. */
  tools: string;
  /** Messages before the turn, the newest first. */
  earlier: readonly Said[];
  /** What the turn has brought so far, in order: the user's message, and replies that called tools. Always read. */
  underWay: readonly Said[];
}>;

export const BLOCK_KINDS = ["system", "tools", "history", "under_way"] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

export const LEFT_OUT_REASONS = [
  "does_not_fit",
  "nothing_to_read",
  "before_first_question",
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

export type Block = { kind: BlockKind; tokens: number; messages: number };
export type LeftOut = { reason: LeftOutReason; messageId: string };

export type Prompt = {
  budget: Budget;
  system: string | null;
  messages: PromptMessage[];
  /** In the order in which the model reads them; without those that are empty. */
  blocks: Block[];
  totalTokens: number;
  /** Of the messages that were looked at, the newest first. */
  leftOut: LeftOut[];
};

/** What a tool would have said whose call came to no end: no provider takes a call without a result. */
const NO_RESULT = { text: "The call was not finished.", isError: true };

/** Puts the prompt together. What does not fit is the oldest part of the history. */
export function assemble(material: Material): Prompt {
  const { model } = material;
  const budget = budgetOf(material);
  const system = material.systemPrompt.trim() === "" ? null : material.systemPrompt;
  const underWay = material.underWay.filter(isReadable);
  const before = [
    textBlock("system", system ?? "", model),
    textBlock("tools", material.tools, model),
  ];
  const after = [messagesBlock("under_way", underWay, model)];
  const tokensMax = budget.inputTokens - tokensIn([...before, ...after]);
  const { taken, leftOut } = takeNewest(material.earlier, { model, tokensMax });
  const blocks = [...before, messagesBlock("history", taken, model), ...after];
  return {
    budget,
    system,
    messages: [...taken, ...underWay].map(toPromptMessage),
    blocks: blocks.filter(({ tokens }) => tokens > 0),
    totalTokens: tokensIn(blocks),
    leftOut,
  };
}

/** What messages take of the room. */
export function messageTokens(messages: readonly Said[], model: CalledModel): number {
  return messages.reduce((sum, { tokenCount }) => sum + calibratedMessage(tokenCount, model), 0);
}

/** The room that a call has. */
export function budgetOf({
  model,
  outputTokens,
  inputTokensMax,
}: Pick<Material, "model" | "outputTokens" | "inputTokensMax">): Budget {
  return budgetFor(model.limits, { outputTokens, inputTokensMax });
}

/**
 * The newest messages that fit, in order. They begin with a user's, as every provider demands; a reply whose question
 * does not fit is left out with it. Of what was said first nothing is skipped to make room for what is older.
 */
function takeNewest(
  newestFirst: readonly Said[],
  { model, tokensMax }: { model: CalledModel; tokensMax: number },
): { taken: Said[]; leftOut: LeftOut[] } {
  const readable = newestFirst.filter(isReadable);
  let tokens = 0;
  const overflow = readable.findIndex(
    (said) => (tokens += messageTokens([said], model)) > tokensMax,
  );
  const fitting = overflow === -1 ? readable : readable.slice(0, overflow);
  const taken = fitting.slice(0, fitting.findLastIndex(({ role }) => role === "user") + 1);
  const reasonOf = (said: Said): LeftOutReason | null => {
    if (!isReadable(said)) return "nothing_to_read";
    if (!fitting.includes(said)) return "does_not_fit";
    return taken.includes(said) ? null : "before_first_question";
  };
  const leftOut = newestFirst.flatMap((said) => {
    const reason = reasonOf(said);
    return reason === null ? [] : [{ reason, messageId: said.messageId }];
  });
  return { taken: taken.toReversed(), leftOut };
}

/** Providers refuse a message without anything to read, and would refuse each later run with it. */
function isReadable({ text, toolCalls }: Said): boolean {
  return text.trim() !== "" || toolCalls.length > 0;
}

function toPromptMessage({ role, text, toolCalls, thoughts }: Said): PromptMessage {
  return {
    role,
    text,
    toolCalls: toolCalls.map((call) => ({ ...call, result: call.result ?? NO_RESULT })),
    ...(thoughts !== undefined && { thoughts }),
  };
}

function textBlock(kind: BlockKind, text: string, model: CalledModel): Block {
  return { kind, tokens: text === "" ? 0 : calibrated(countTokens(text), model), messages: 0 };
}

function messagesBlock(kind: BlockKind, messages: readonly Said[], model: CalledModel): Block {
  return { kind, tokens: messageTokens(messages, model), messages: messages.length };
}

function tokensIn(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { tokens }) => sum + tokens, 0);
}
