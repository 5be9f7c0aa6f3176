/** The words of a text, as Convex takes texts apart. */

/** Letters, marks that belong to them, and numbers; everything else separates words. */
const WORD = /[\p{Alphabetic}\p{N}]+/gu;

/** A word of this many bytes of UTF-8, or more, is left out, in documents and in queries alike. */
const WORD_BYTES_MAX = 32;

/** The words in their order, in lower case; at most `max` of them. */
export function wordsOf(text: string, max = Number.POSITIVE_INFINITY): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(WORD)) {
    if (words.length >= max) break;
    if (isShort(word)) words.push(toLowerCase(word));
  }
  return words;
}

function isShort(word: string): boolean {
  // A UTF-16 unit is one to three bytes.
  if (word.length * 3 < WORD_BYTES_MAX) return true;
  return word.length < WORD_BYTES_MAX && Buffer.byteLength(word) < WORD_BYTES_MAX;
}

/** Letter by letter: the form of a letter must not depend on where in the word it stands, as a final sigma's does. */
function toLowerCase(word: string): string {
  return word.includes("Σ") ? word.replaceAll("Σ", "σ").toLowerCase() : word.toLowerCase();
}
