/** A long reply in parts: what its next piece costs must not grow with all of it that stands there already. */
import { parseMarkdownIntoBlocks } from "streamdown";

/** In characters, at the least: a screen or two. */
const PART_LENGTH = 3_000;
/**
 * What links or notes are named by may be anywhere, and a carriage return is no character of a block. A name is looked
 * for in its line only: brackets that are never closed must not cost the square of the text.
 */
const IS_WHOLE = /^ {0,3}\[[^\]\n]+\]:|\r/m;
/** Headings, tables, code and pictures: they have another distance from what is beside them. */
const IS_APART = /^[#|`~!]/;

/**
 * Together they are the text, each of whole blocks of Markdown.
 *
 * @param before - The parts of what stood there before: those of them that are there still stay as they are.
 */
export function partsOf(text: string, before: readonly string[] = []): readonly string[] {
  if (IS_WHOLE.test(text)) return [text];
  const settled = before.slice(0, -1);
  const begin = settled.join("");
  return text.startsWith(begin) ? [...settled, ...cut(text.slice(begin.length))] : cut(text);
}

function cut(text: string): string[] {
  if (text.length <= PART_LENGTH) return [text];
  const blocks = parseMarkdownIntoBlocks(text);
  const parts: string[] = [];
  let part = "";
  for (const [at, block] of blocks.entries()) {
    const isBetween = !IS_APART.test(blocks[at - 1] ?? "") && !IS_APART.test(block);
    // "2", while it is the last, is a line of its own; as "2. two" it belongs to the list before it.
    const isOpen = at === blocks.length - 1;
    if (part.length >= PART_LENGTH && isBetween && !isOpen) {
      parts.push(part);
      part = "";
    }
    part += block;
  }
  return [...parts, part];
}
