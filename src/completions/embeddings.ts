/** OpenAI's embeddings: requests and answers. */
import { tokensAtMost } from "../pricing/estimate";
import { costFields, type Cost } from "./dialect";
import { BadRequest, Fields } from "./fields";

export type EmbeddingInput = string | string[] | number[] | number[][];

export type AskedEmbeddings = Readonly<{
  model: string;
  input: EmbeddingInput;
  encodingFormat: "base64" | "float";
  dimensions?: number;
  /** The most tokens that it can come to. */
  tokensMax: number;
}>;

/** An answer may have 20 MB: numbers are long as text, and short as bytes. */
const INPUTS_MAX = { base64: 1_000, float: 250 };
const DIMENSIONS = { min: 1, max: 10_000 };

/** @throws BadRequest */
export function readEmbeddings(body: unknown): AskedEmbeddings {
  const request = Fields.of(body, "");
  const encodingFormat = request.has("encoding_format")
    ? request.oneOf("encoding_format", ["base64", "float"] as const)
    : "float";
  const dimensions = request.integer("dimensions", DIMENSIONS);
  const input = inputOf(request);
  const count = countOf(input);
  const max = INPUTS_MAX[encodingFormat];
  if (count === 0) throw new BadRequest("input must not be empty", "input");
  if (count > max) {
    throw new BadRequest(`input may have at most ${max} entries as ${encodingFormat}`, "input");
  }
  return {
    model: request.text("model"),
    input,
    encodingFormat,
    ...(dimensions !== undefined && { dimensions }),
    tokensMax: tokensMaxOf(input),
  };
}

function inputOf(request: Fields): EmbeddingInput {
  const { input } = request.json;
  if (isText(input)) return input;
  if (Array.isArray(input)) {
    if (input.every(isText) || input.every(isToken)) return input;
    if (input.every((one) => Array.isArray(one) && one.length > 0 && one.every(isToken))) {
      return input as number[][];
    }
  }
  return request.refuse(
    "input",
    "must be a text, texts, tokens, or lists of tokens, none of them empty",
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isToken(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

/** Tokens by themselves are one input. */
function countOf(input: EmbeddingInput): number {
  if (typeof input === "string" || typeof input[0] === "number") return 1;
  return input.length;
}

function tokensMaxOf(input: EmbeddingInput): number {
  if (typeof input === "string") return tokensAtMost(input);
  return (input as readonly (string | number | number[])[]).reduce<number>((sum, one) => {
    if (typeof one === "string") return sum + tokensAtMost(one);
    return sum + (typeof one === "number" ? 1 : one.length);
  }, 0);
}

export function embeddingsBody({
  model,
  data,
  tokens,
  cost,
}: {
  model: string;
  data: readonly unknown[];
  tokens: number;
  cost: Cost;
}): object {
  const usage = { prompt_tokens: tokens, total_tokens: tokens, ...costFields(cost) };
  return { object: "list", data, model, usage };
}
