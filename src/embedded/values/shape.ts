/** A look at JSON text that spares most values the full check of their shape. */
import { LIMITS } from "./limits";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** No text that is shorter can be nested too deeply: each level takes two characters. */
const MODEST_LENGTH = 2 * LIMITS.valueNesting;

/** Commas seen at each depth. One scan at a time: it is synchronous. */
const commas = new Uint32Array(LIMITS.valueNesting + 1);

/**
 * Whether valid JSON text surely keeps within the limits on nesting, array lengths and numbers of fields.
 * False says nothing: an array may be longer than the most fields that an object may have.
 */
export function isModest(text: string): boolean {
  if (text.length <= MODEST_LENGTH) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > LIMITS.valueNesting) return false;
        commas[depth] = 0;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
        break;
      case COMMA: {
        const count = (commas[depth] ?? 0) + 1;
        if (count >= LIMITS.objectFields) return false;
        commas[depth] = count;
      }
    }
  }
  return true;
}

/** Where the string that starts at `start` has its last quote. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
