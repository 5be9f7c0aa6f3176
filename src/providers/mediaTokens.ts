/** How many tokens models make of pictures and files. Pure. */
import { isMedia, type MediaPart } from "./media";
import { modelFacts } from "./modelFacts";
import type { ChatMessage, ProviderName } from "./provider";

/** What a model makes of a picture. */
type Picture = Readonly<{
  /** As its provider counts a usual one. */
  tokens: number;
  tokensMax: number;
  /** It is counted as more tokens than the model reads, so that the model's context does not bound it. */
  isCountedMore?: boolean;
}>;

/**
 * By the model's name wherever it is called; first match first. The most is of the largest picture at the detail that is
 * asked for: OpenAI's models scale it down to eight tiles or 2,500 patches ("high"), Claude to 4,784 tokens, Gemini to
 * 3,072 pixels, of which it makes up to 24 tiles of 258.
 */
const PICTURES: readonly (Picture & { models: RegExp })[] = [
  {
    models: named("gpt-4o-mini"),
    tokens: 25_501,
    tokensMax: 2_833 + 8 * 5_667,
    isCountedMore: true,
  },
  { models: named("gpt-[^/]*nano"), tokens: 2_500, tokensMax: 6_200, isCountedMore: true },
  { models: named("(gpt-|o\\d)[^/]*mini"), tokens: 1_700, tokensMax: 4_300, isCountedMore: true },
  { models: named("gpt-|o\\d|chatgpt-"), tokens: 1_600, tokensMax: 3_100 },
  { models: named("claude-"), tokens: 1_600, tokensMax: 4_800 },
  { models: named("gemini-"), tokens: 1_600, tokensMax: 6_200 },
];
/** Of models that nobody has measured: Qwen's, which make the most of one, stop at 16,384. */
const UNMEASURED: Picture = { tokens: 1_600, tokensMax: 16_400 };

/** Also where those who resell it put names before it. */
function named(pattern: string): RegExp {
  return new RegExp(`(^|[/:._-])(${pattern})`, "i");
}

function pictureOf(model: string): Picture {
  return PICTURES.find(({ models }) => models.test(model)) ?? UNMEASURED;
}

/** A page of a PDF has some 2,000 tokens and some 50 kB. */
const PAGE_TOKENS = 2_000;
const FILE_BYTES_PER_TOKEN = 25;
const BASE64_BYTES_PER_CHAR = 3 / 4;
/** What is reckoned for a PDF may be half of what it comes to. */
const FILE_TOKENS_OFF_BY = 2;

type Sized = Readonly<{ kind: "image" | "file"; sizeBytes: number }>;

/** About how many tokens models read of it: of a PDF half or double. */
export function mediaTokens({ kind, sizeBytes }: Sized): number {
  if (kind === "image") return UNMEASURED.tokens;
  return Math.max(PAGE_TOKENS, Math.ceil(sizeBytes / FILE_BYTES_PER_TOKEN));
}

/** The same of a part, as the model's provider counts it. */
export function mediaTokensAbout(part: MediaPart, model: string): number {
  return part.kind === "file" ? mediaTokens(sizeOf(part)) : pictureOf(model).tokens;
}

function sizeOf(part: MediaPart): Sized {
  if (part.kind === "image_url") return { kind: "image", sizeBytes: 0 };
  return { kind: part.kind, sizeBytes: part.base64.length * BASE64_BYTES_PER_CHAR };
}

/** Pictures and files of a call, before it is known which model is shown them. */
export type Shown = Readonly<{ imageCount: number; fileTokensMax: number }>;

export const NOTHING_SHOWN: Shown = { imageCount: 0, fileTokensMax: 0 };

export function shownBy(files: readonly Sized[]): Shown {
  const images = files.filter(({ kind }) => kind === "image");
  const fileTokens = files
    .filter(({ kind }) => kind === "file")
    .reduce((sum, file) => sum + mediaTokens(file), 0);
  return { imageCount: images.length, fileTokensMax: fileTokens * FILE_TOKENS_OFF_BY };
}

/** The same of parts of messages. */
export function shownIn(messages: readonly ChatMessage[]): Shown {
  return shownBy(messages.flatMap(({ content }) => [...content].filter(isMedia).map(sizeOf)));
}

export function bothShown(a: Shown, b: Shown): Shown {
  return {
    imageCount: a.imageCount + b.imageCount,
    fileTokensMax: a.fileTokensMax + b.fileTokensMax,
  };
}

/** The most that the model makes of all of them: no more than it can read, where that is what is counted. */
export function shownTokensMax(
  { imageCount, fileTokensMax }: Shown,
  called: { provider: ProviderName; model: string; atMs: number },
): number {
  const { tokensMax, isCountedMore = false } = pictureOf(called.model);
  // A page of a file may be shown as a picture, besides its text.
  const filesMax = fileTokensMax * Math.max(1, tokensMax / (PAGE_TOKENS * FILE_TOKENS_OFF_BY));
  const most = imageCount * tokensMax + Math.ceil(filesMax);
  const { contextWindowTokens } = modelFacts(called);
  return isCountedMore ? most : Math.min(most, contextWindowTokens ?? most);
}
