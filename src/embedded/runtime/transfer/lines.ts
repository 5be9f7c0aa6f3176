/** The lines of a file, as they come. */
import { StringDecoder } from "node:string_decoder";

/** Of characters: a document of 1 MiB, however it is escaped. */
const LINE_LENGTH_MAX = 16 * 1024 * 1024;

export class LineError extends Error {
  override readonly name = "LineError";
}

/** Without line ends, blank lines left out; with their numbers from 1. @throws LineError - One is too long. */
export async function* linesOf(
  content: AsyncIterable<Buffer>,
): AsyncGenerator<{ number: number; text: string }> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let number = 0;
  const cut = function* (text: string) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LINE_LENGTH_MAX) throw new LineError(`Line ${number + 1} is too long.`);
    for (const line of lines) {
      number++;
      if (line.trim() !== "") yield { number, text: line };
    }
  };
  for await (const piece of content) yield* cut(decoder.write(piece));
  yield* cut(`${decoder.end()}\n`);
}
