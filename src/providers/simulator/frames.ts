/** A reply as the frames of its stream, one after the other, and what each of them says has been made. */
import type { Usage } from "../../pricing/usage";
import type { Ending, Piece, Writer } from "./wire";

export type Frame = Readonly<{
  /** Empty for a piece that is made and not shown. */
  text: string;
  /** The piece of the reply that it begins with, by its number. */
  begins: number | null;
  /** Pieces that have been made once it is sent. */
  made: number;
  closes: boolean;
}>;

export function* framesOf(
  writer: Writer,
  { pieces, input, ending }: { pieces: readonly Piece[]; input: Usage; ending: Ending },
): Generator<Frame, void, undefined> {
  for (const text of split(writer.open(input)))
    yield { text, begins: null, made: 0, closes: false };
  for (const [index, piece] of pieces.entries()) {
    const [first = "", ...rest] = split(writer.piece(piece));
    const made = index + 1;
    yield { text: first, begins: index, made, closes: false };
    for (const text of rest) yield { text, begins: null, made, closes: false };
  }
  for (const text of split(writer.close(ending))) {
    yield { text, begins: null, made: pieces.length, closes: true };
  }
}

function split(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n\n)/);
}

/** The frame without numbers where it has usage. */
export function withoutUsage(frame: string, as: "null" | "empty" | "missing"): string {
  const value = { null: null, empty: {}, missing: undefined }[as];
  return frame.replace(/^data: (\{.*\})$/m, (_line, json: string) => {
    const data: unknown = JSON.parse(json, (key, held: unknown) =>
      (key === "usage" || key === "usageMetadata") && held !== null ? value : held,
    );
    return `data: ${JSON.stringify(data)}`;
  });
}
