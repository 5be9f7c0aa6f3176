/** OpenAI's embeddings: vectors that are the same for the same text, and mean nothing. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { usageOf, type Usage } from "../../pricing/usage";
import { checked } from "./checked";
import { countTokens } from "./tokens";
import { splitModel } from "./wire";

const Request = z.looseObject({
  model: z.string(),
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1)).min(1),
    z.array(z.int()).min(1),
    z.array(z.array(z.int()).min(1)).min(1),
  ]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.int().min(1).nullish(),
});

const DIMENSIONS = { "text-embedding-3-large": 3_072 } as Readonly<Record<string, number>>;
const DIMENSIONS_DEFAULT = 1_536;

/** @throws RefusedRequest */
export function embeddings(body: unknown): { model: string; usage: Usage; answer: object } {
  const request = checked(Request, body);
  const { model } = splitModel(request.model);
  const texts = textsOf(request.input);
  const count = request.dimensions ?? DIMENSIONS[model] ?? DIMENSIONS_DEFAULT;
  const asBytes = request.encoding_format === "base64";
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, count);
    const embedding = asBytes ? Buffer.from(vector.buffer).toString("base64") : [...vector];
    return { object: "embedding", index, embedding };
  });
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return {
    model,
    usage: usageOf({ inputFresh: tokens }, {}),
    answer: { object: "list", data, model, usage },
  };
}

function textsOf(input: z.infer<typeof Request>["input"]): string[] {
  if (typeof input === "string") return [input];
  if (typeof input[0] === "number") return [input.join(" ")];
  return input.map((one) => (Array.isArray(one) ? one.join(" ") : String(one)));
}

/** Of length one, as the API's are. */
function vectorOf(text: string, count: number): Float32Array {
  const seed = createHash("sha256").update(text).digest();
  const raw = Array.from(
    { length: count },
    (_, at) => (((seed[at % seed.length] ?? 0) + at) % 251) - 125,
  );
  const length = Math.sqrt(raw.reduce((sum, one) => sum + one * one, 0));
  return Float32Array.from(raw, (one) => one / length);
}
