/** What a server said, as text that a model can read. */
import { isTextual } from "../core/fileTypes";
import { htmlText } from "./htmlText";
import { ToolFailure } from "./tool";

export const BODY_BYTES_MAX = 1_000_000;

/**
 * The beginning of the body, of at most `BODY_BYTES_MAX` bytes as they are when unpacked; HTML as what a reader sees.
 *
 * @throws ToolFailure - It is no text, or breaks off.
 */
export async function textOf(
  response: Response,
  url: URL,
): Promise<{ text: string; isWhole: boolean }> {
  const [type = "", ...parameters] = (response.headers.get("content-type") ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  if (!isTextual(type)) {
    await response.body?.cancel();
    throw new ToolFailure(
      `The server answered ${response.status} with ${type || "something of no stated type"}, which is no text.`,
    );
  }
  const { bytes, isWhole } = await beginningOf(response);
  const text = decoderFor(parameters).decode(bytes);
  return { text: /\b(x?html)\b/.test(type) ? htmlText(text, url) : text, isWhole };
}

async function beginningOf({ body }: Response): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const bytes = new Uint8Array(BODY_BYTES_MAX);
  if (body === null) return { bytes: bytes.subarray(0, 0), isWhole: true };
  const reader = body.getReader();
  let size = 0;
  for (;;) {
    const { done, value } = await next(reader);
    if (done) return { bytes: bytes.subarray(0, size), isWhole: true };
    const taken = value.subarray(0, BODY_BYTES_MAX - size);
    bytes.set(taken, size);
    size += taken.length;
    if (taken.length < value.length) {
      await reader.cancel();
      return { bytes, isWhole: false };
    }
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch {
    throw new ToolFailure("The server's answer broke off.");
  }
}

/** UTF-8 where nothing else is stated, and where what is stated is not known. */
function decoderFor(parameters: readonly string[]): TextDecoder {
  const stated = parameters.find((each) => each.startsWith("charset="))?.slice("charset=".length);
  try {
    return new TextDecoder(stated?.replaceAll('"', "") ?? "utf-8");
  } catch {
    return new TextDecoder();
  }
}
