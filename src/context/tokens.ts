/**
 * Counting tokens as OpenAI's models do (byte pairs over o200k), with no more of the vocabulary than pays.
 *
 * Exact for none: providers add what marks a message, and others than OpenAI have vocabularies of their own. What a
 * count is worth for a model is said by `calibration.ts`.
 */
import { ownVocabulary, type Vocabulary } from "./vocabulary";

/** What is tokenised by itself: a word with the space before it, up to three digits, a run of signs or of space. */
const WORDS =
  /[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'(?:[sdmtSDMT]|ll|ve|re|LL|VE|RE))?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'(?:[sdmtSDMT]|ll|ve|re|LL|VE|RE))?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

/** Longer words are counted in pieces: joining pairs takes the square of the length. */
const WORD_CHARS_MAX = 64;

const encoder = new TextEncoder();

/** How many tokens a text has. Takes about a tenth of a second for 400,000 characters, whatever they are. */
export function countTokens(text: string): number {
  const vocabulary = ownVocabulary();
  const known = new Map<string, number>();
  let tokens = 0;
  for (const [word] of text.matchAll(WORDS)) {
    let count = known.get(word);
    if (count === undefined) {
      count = countWord(vocabulary, word);
      known.set(word, count);
    }
    tokens += count;
  }
  return tokens;
}

function countWord(vocabulary: Vocabulary, word: string): number {
  let tokens = 0;
  for (let from = 0; from < word.length; from += WORD_CHARS_MAX) {
    tokens += countPiece(vocabulary, encoder.encode(word.slice(from, from + WORD_CHARS_MAX)));
  }
  return tokens;
}

/** Joins the pair of the lowest rank, the first of them, until no two neighbours are a token together. */
function countPiece(vocabulary: Vocabulary, bytes: Uint8Array): number {
  if (vocabulary.rankOf(bytes, 0, bytes.length) !== null) return 1;
  const borders = Array.from({ length: bytes.length + 1 }, (_, at) => at);
  /** Of what stands between a border and the one after the next. */
  const rankAt = (at: number): number => {
    const from = borders[at];
    const to = borders[at + 2];
    return from === undefined || to === undefined
      ? NO_TOKEN
      : (vocabulary.rankOf(bytes, from, to) ?? NO_TOKEN);
  };
  const ranks = borders.map((_, at) => rankAt(at));
  for (;;) {
    const lowest = placeOfLowest(ranks);
    if (lowest === null) return borders.length - 1;
    borders.splice(lowest + 1, 1);
    ranks.splice(lowest + 1, 1);
    ranks[lowest] = rankAt(lowest);
    if (lowest > 0) ranks[lowest - 1] = rankAt(lowest - 1);
  }
}

const NO_TOKEN = Infinity;

function placeOfLowest(ranks: readonly number[]): number | null {
  let lowest = NO_TOKEN;
  let place: number | null = null;
  for (let at = 0; at < ranks.length; at++) {
    const rank = ranks[at] ?? NO_TOKEN;
    if (rank >= lowest) continue;
    lowest = rank;
    place = at;
  }
  return place;
}
