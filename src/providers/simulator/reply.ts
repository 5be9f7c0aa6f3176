/**
 * What the simulator says: computed from the prompt alone, the same for the same prompt, and so that a
 * demonstration reads like a conversation. It never pretends to be a model.
 */
import type { Prompt } from "./wire";

export function replyText({ model, system, turns }: Prompt): string {
  const asked = turns.findLast(({ role }) => role === "user")?.text.trim() ?? "";
  const dictated = /^(?:please )?(?:say|reply with|repeat)(?: exactly)?:\s*([\s\S]+)$/i.exec(
    asked,
  )?.[1];
  if (dictated !== undefined) return dictated;

  const result = turns.at(-1);
  const paragraphs = [
    result?.role === "tool" ? `The tool answered: ${quote(result.text)}.` : opening(asked),
    suggestions(asked),
    memory(turns),
    system === "" ? "" : `I was told: ${quote(firstSentence(system))} I keep to it.`,
    `(This is the simulator, standing in for ${model}: the answer is computed on this machine, and the ` +
      `cost shown is what ${model} would have cost.)`,
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

/** What it shows as its thinking, for requests that ask for it. */
export function reasoningText({ turns }: Prompt): string {
  const words = keywords(turns.at(-1)?.text ?? "");
  return `The message is about ${words.length === 0 ? "nothing in particular" : list(words)}. I will answer it.`;
}

function opening(asked: string): string {
  const sum = arithmetic(asked);
  if (sum !== null) return `${sum}.`;
  if (asked === "") return "You sent no text. What would you like to talk about?";
  if (/^(hi|hello|hey|good (morning|evening)|hallo|guten tag|bonjour|hola)\b/i.test(asked)) {
    return `Hello! You wrote ${quote(asked)}. What can I do for you?`;
  }
  if (/[?？][^\p{L}\p{N}]*$/u.test(asked)) {
    return `You asked: ${quote(asked)} Here is how I would go about it.`;
  }
  return `You wrote: ${quote(asked)} Here is what I make of it.`;
}

/** Three steps about the message's own words; which ones depends on those words and on nothing else. */
function suggestions(asked: string): string {
  const words = keywords(asked);
  if (words.length === 0) return "";
  return words
    .map((word, index) => `${index + 1}. ${pick(STEPS, word, index).replace("…", `“${word}”`)}`)
    .join("\n");
}

const STEPS = [
  "Start with …: write down what is known and what is only assumed.",
  "Look at … from the side of the person who has to live with it.",
  "Ask what would have to be true for … to be the wrong question.",
  "Make … smaller until one part of it can be finished today.",
  "Compare … with the last time something like it came up.",
  "Decide how you will notice that … went well.",
];

function memory(turns: Prompt["turns"]): string {
  const said = turns.filter(({ role }) => role === "user");
  const [first] = said;
  if (first === undefined || said.length < 2) return "";
  return `This is your message number ${said.length}; the first was ${quote(firstSentence(first.text))}`;
}

function arithmetic(text: string): string | null {
  const match = /(-?\d+(?:\.\d+)?)\s*([-+*x×/÷])\s*(-?\d+(?:\.\d+)?)/.exec(text);
  if (match === null) return null;
  const [, left = "", sign = "", right = ""] = match;
  const [a, b] = [Number(left), Number(right)];
  const operation = {
    "×": a * b,
    x: a * b,
    "*": a * b,
    "÷": a / b,
    "/": a / b,
    "+": a + b,
    "-": a - b,
  }[sign];
  if (operation === undefined || !Number.isFinite(operation)) return null;
  return `${left} ${sign} ${right} = ${Number(operation.toPrecision(12))}`;
}

const KEYWORDS_MAX = 3;
const WORD_LENGTH_MAX = 24;
const COMMON = new Set(
  "about after also because before could does from have here into just like make more much only other please should some tell than that their them then there these they this those want what when where which while will with would your".split(
    " ",
  ),
);

/** The longest words that are not everybody's, in the order in which they were said. */
function keywords(text: string): string[] {
  const words = [...new Set(text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [])]
    .map((word) => word.slice(0, WORD_LENGTH_MAX))
    .filter((word) => word.length > 3 && !COMMON.has(word.toLowerCase()));
  const longest = new Set(words.toSorted((a, b) => b.length - a.length).slice(0, KEYWORDS_MAX));
  return words.filter((word) => longest.has(word));
}

function pick(choices: readonly string[], word: string, offset: number): string {
  let sum = offset;
  for (const character of word) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return choices[sum % choices.length] ?? "";
}

function list(words: readonly string[]): string {
  return words.map((word) => `“${word}”`).join(", ");
}

/** Long messages are quoted by their beginning: 240 characters, none of them cut in half. */
const QUOTABLE = /^[\s\S]{0,240}/u;

function quote(text: string): string {
  const beginning = QUOTABLE.exec(text)?.[0] ?? "";
  return `“${beginning}${beginning === text ? "" : "…"}”`;
}

function firstSentence(text: string): string {
  return /^[\s\S]*?[.!?。！？](?=\s|$)/.exec(text.trim())?.[0] ?? text.trim();
}
