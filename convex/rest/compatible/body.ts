/** Bodies as they come in. */
import { BadRequest } from "../../../src/completions/fields";

/** What a call's files come to in base64, and some text; all of it is held a few times over in an action's 64 MB. */
export const BODY_BYTES_MAX = 12 * 1024 * 1024;

export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** @throws TooLarge */
export async function textOf(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_BYTES_MAX) throw new TooLarge();
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > BODY_BYTES_MAX) throw new TooLarge();
  return new TextDecoder().decode(bytes);
}

/** @throws BadRequest */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadRequest("the body must be JSON", null);
  }
}
