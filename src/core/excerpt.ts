/** A piece of a text around the first of some words. */

/** So much of it stands before the word. */
const LEAD_SHARE = 0.25;

/** At most `charsMax` characters, "…" where it was cut; the beginning when no word is found. */
export function excerptAround(text: string, words: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const lower = text.toLowerCase();
  const places = (words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .map((word) => lower.indexOf(word))
    .filter((place) => place !== -1);
  const room = charsMax - 2;
  const wanted = Math.min(...places, text.length) - Math.floor(room * LEAD_SHARE);
  const start = places.length === 0 ? 0 : Math.max(0, Math.min(wanted, text.length - room));
  const end = Math.min(text.length, start + room);
  // Halves of characters go: neither databases nor providers take them.
  const piece = text.slice(start, end).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
  return `${start > 0 ? "…" : ""}${piece}${end < text.length ? "…" : ""}`;
}
