/**
 * The prompt of a call, put together from what there is to read: which messages fit, in which order they stand, and
 * what was left out. Pure: the run and whoever wants to see its prompt get the same from it.
 */
import { budgetFor, type Budget, type ModelLimits } from "./budget";
import { calibrated, calibratedMessage, type CalledModel } from "./calibration";
import { CALL_FILES_MAX, fileTokens, showNewest, type SaidFile } from "./files";
import { samplingOf, type Mode, type Sampling } from "./modes";
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
  /** Null: it stands in none yet. */
  messageId: string | null;
  turn: number;
  role: "user" | "assistant";
  text: string;
  toolCalls: readonly SaidCall[];
  /** If the model that is to read them had them. */
  thoughts?: SaidThoughts;
  /** By `countTokens`, of all of it but what is in its files. */
  tokenCount: number;
  /** That came with it, as the model would get them if there is room. */
  files?: readonly SaidFile[];
}>;

/** A message as the model is given it; each call has its result. */
export type PromptMessage = {
  role: "user" | "assistant";
  text: string;
  toolCalls: SaidCall[];
  thoughts?: SaidThoughts;
  /** Before its text. */
  files?: SaidFile[];
};

/** What a call can be made of. */
export type Material = Readonly<{
  model: CalledModel & Readonly<{ limits: ModelLimits; acceptsTemperature: boolean }>;
  mode: Mode;
  /** The agent's own; null: as the mode has it. */
  temperature: number | null;
  /** Of one reply. */
  maxTokens: number;
  /** The agent's own cap on what is read; null: the model's window alone. */
  inputTokensMax: number | null;
  systemPrompt: string;
  /** What the model is told of its tools, as text. */
  tools: string;
  /** Of the session's beginning, in place of which it stands. */
  summary: string | null;
  /** Messages that are read whether or not they are among the newest; oldest first. */
  pinned: readonly Said[];
  /** Messages before the turn, the newest first. */
  earlier: readonly Said[];
  /** What the turn has brought so far, in order: the user's message, and replies that called tools. Always read. */
  underWay: readonly Said[];
  /** Of files that are shown, all together. */
  fileBytesMax: number;
}>;

/** Files are shown as far as they leave room for what is said: of what the turn may take, and of the history's room. */
const FILES_SHARE = 0.5;

export const BLOCK_KINDS = [
  "system",
  "mode",
  "tools",
  "summary",
  "pinned",
  "history",
  "under_way",
] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

export const LEFT_OUT_REASONS = [
  "does_not_fit",
  "nothing_to_read",
  "before_first_question",
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** A part of the prompt: a text, or messages of the session. */
export type Block = { kind: BlockKind; tokens: number; text?: string; messages?: readonly Said[] };
export type LeftOut = { reason: LeftOutReason; messageId: string | null };

export type Prompt = {
  budget: Budget;
  temperature: number | null;
  system: string | null;
  messages: PromptMessage[];
  /** In the order in which the model reads them; without those that are empty. */
  blocks: Block[];
  totalTokens: number;
  /** What the history may take. */
  historyTokens: number;
  /** Of the messages that were looked at, the newest first. */
  leftOut: LeftOut[];
};

/** What a tool would have said whose call came to no end: no provider takes a call without a result. */
const NO_RESULT = { text: "The call was not finished.", isError: true };

/** Puts the prompt together. What does not fit is the oldest part of the history. */
export function assemble(material: Material): Prompt {
  const { model, mode, summary } = material;
  const budget = budgetOf(material);
  const now = showNewest(material.underWay.filter(isReadable).toReversed(), {
    bytes: material.fileBytesMax,
    count: CALL_FILES_MAX,
    tokens: Math.floor(budget.inputTokens * FILES_SHARE),
  });
  const underWay = now.messages.toReversed();
  const before = [
    textBlock("system", material.systemPrompt, model),
    textBlock("mode", mode.prompt, model),
    textBlock("tools", material.tools, model),
    textBlock("summary", summary === null ? "" : SUMMARY_HEADING + summary, model),
  ];
  const after = [messagesBlock("under_way", underWay, model)];
  // Room is kept for all that are pinned; which of them stand in their places is known once the history is.
  const pinnedTokens = textBlock("pinned", pinnedText(material.pinned), model).tokens;
  const room = budget.inputTokens - tokensIn([...before, ...after]) - pinnedTokens;
  const historyTokens = Math.floor(room * mode.historyShare);
  const tokens = Math.max(0, Math.floor(historyTokens * FILES_SHARE));
  const { messages: earlier, left } = showNewest(material.earlier, { ...now.left, tokens });
  const tokensMax = historyTokens - (tokens - left.tokens);
  const { taken, leftOut } = takeNewest(earlier, { model, tokensMax });
  const inPlace = new Set(taken.map(({ messageId }) => messageId));
  const apart = material.pinned.filter(({ messageId }) => !inPlace.has(messageId));
  const pinned = { ...textBlock("pinned", pinnedText(apart), model), messages: apart };
  const blocks = [...before, pinned, messagesBlock("history", taken, model), ...after];
  const told = [material.systemPrompt, mode.prompt].filter((text) => text.trim() !== "");
  const isApart = new Set(apart.map(({ messageId }) => messageId));
  return {
    budget,
    temperature: samplingFor(material).temperature,
    system: told.length === 0 ? null : told.join("\n\n"),
    messages: [...leadOf(blocks), ...[...taken, ...underWay].map(toPromptMessage)],
    blocks: blocks.filter(({ tokens }) => tokens > 0),
    totalTokens: tokensIn(blocks),
    historyTokens: tokensMax,
    leftOut: leftOut.filter(({ messageId }) => !isApart.has(messageId)),
  };
}

const SUMMARY_HEADING = "[What was said before, in a summary:]\n\n";
const PINNED_HEADING = "[Said before, and kept in view:]\n\n";
const NOT_SHOWN = " [These files are not shown here.]";

/** Messages out of their places, as a text; what tools were asked is left out. */
function pinnedText(messages: readonly Said[]): string {
  if (messages.length === 0) return "";
  const lines = messages.map(
    ({ role, text, files }) => `${SPEAKERS[role]}: ${text}${files === undefined ? "" : NOT_SHOWN}`,
  );
  return PINNED_HEADING + lines.join("\n\n");
}

const SPEAKERS = { user: "User", assistant: "You" } as const;

/** What stands before the history, as a user's message: it is of people's and models' making, and no instruction. */
function leadOf(blocks: readonly Block[]): PromptMessage[] {
  const texts = blocks
    .filter(({ kind }) => kind === "summary" || kind === "pinned")
    .flatMap(({ text = "" }) => (text === "" ? [] : [text]));
  return texts.length === 0 ? [] : [{ role: "user", text: texts.join("\n\n"), toolCalls: [] }];
}

/** What messages take of the room, with the files that are shown with them. */
export function messageTokens(messages: readonly Said[], model: CalledModel): number {
  const files = messages.flatMap((said) => (said.files ?? []).filter(({ as }) => as !== "name"));
  return textTokens(messages, model) + fileTokens(files);
}

/** What is said in them takes, and the names of files that are not shown. */
export function textTokens(messages: readonly Said[], model: CalledModel): number {
  return messages.reduce((sum, { tokenCount, files = [] }) => {
    const names = files.filter(({ as }) => as === "name");
    return sum + calibratedMessage(tokenCount, model) + fileTokens(names);
  }, 0);
}

/** What is read of a session once the room for it is known. */
type Loaded = "summary" | "pinned" | "earlier" | "underWay" | "fileBytesMax";

/** The room that a call has. */
export function budgetOf(material: Omit<Material, Loaded>): Budget {
  const { outputTokens } = samplingFor(material);
  const { inputTokensMax } = material;
  return budgetFor(material.model.limits, { outputTokens, inputTokensMax });
}

function samplingFor({
  mode,
  temperature,
  maxTokens,
  model: { acceptsTemperature },
}: Omit<Material, Loaded>): Sampling {
  return samplingOf(mode, { temperature, maxTokens, acceptsTemperature });
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
  const overflow = readable.findIndex((said) => (tokens += textTokens([said], model)) > tokensMax);
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

function toPromptMessage({ role, text, toolCalls, thoughts, files }: Said): PromptMessage {
  return {
    role,
    text,
    toolCalls: toolCalls.map((call) => ({ ...call, result: call.result ?? NO_RESULT })),
    ...(thoughts !== undefined && { thoughts }),
    ...(files !== undefined && { files: [...files] }),
  };
}

function textBlock(kind: BlockKind, text: string, model: CalledModel): Block {
  const isBlank = text.trim() === "";
  return { kind, tokens: isBlank ? 0 : calibrated(countTokens(text), model), text };
}

function messagesBlock(kind: BlockKind, messages: readonly Said[], model: CalledModel): Block {
  return { kind, tokens: messageTokens(messages, model), messages };
}

function tokensIn(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { tokens }) => sum + tokens, 0);
}
