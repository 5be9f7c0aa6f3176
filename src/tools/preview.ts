/** Results that are too long to be told whole: their beginning is told, and how to read on. */

/** Of a kept result a model reads, and people download, so much; of more, nobody reads. */
export const KEPT_CHARS_MAX = 1_100_000;

/** Room for what is said of a piece. */
const WORDS_CHARS_MAX = 300;

export type Piece = Readonly<{ text: string; start: number; end: number; charsTotal: number }>;

/** The piece from `start` on, of at most `charsMax` characters with what `told` says of it; no character is halved. */
export function pieceOf(
  whole: string,
  { start, charsMax }: { start: number; charsMax: number },
): Piece {
  const at = start + (isSecondHalf(whole, start) ? 1 : 0);
  const limit = Math.min(whole.length, at + charsMax - WORDS_CHARS_MAX);
  const end = limit - (isSecondHalf(whole, limit) ? 1 : 0);
  return { text: whole.slice(at, end), start: at, end, charsTotal: whole.length };
}

/** The piece with its place in the whole, for a model that may want the rest. */
export function told({ text, start, end, charsTotal }: Piece, handle: string): string {
  const place = `[Characters ${start} to ${end} of ${charsTotal}, as the tool told them.`;
  const rest = JSON.stringify({ result: handle, offset: end });
  const onward = end < charsTotal ? ` To read on, call read_result with ${rest}.` : "";
  return `${text}\n\n${place}${onward}]`;
}

/** What was told, without the words on its place, whose handle is a new one each time. */
export function withoutPlace(text: string): string {
  return text.replace(/\n\n\[Characters \d+ to \d+ of \d+, [^\n]*\]$/, "");
}

function isSecondHalf(text: string, index: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, index - 1), index + 1));
}
