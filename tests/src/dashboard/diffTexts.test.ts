import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffTexts, type Row } from "../../../src/dashboard/screens/agents/diffTexts";

function textOf(rows: readonly Row[], kind: "removed" | "added"): string[] {
  return rows.flatMap((row) =>
    row.kind === "same" || row.kind === kind ? [row.parts.map(({ text }) => text).join("")] : [],
  );
}

const line = fc.constantFrom("a", "b b", "c, c", "", "  d");
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));

describe("a diff of two texts", () => {
  test("has both of them in it, with as many lines left out as it says", () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        const rows = diffTexts(from, to);
        const skipped = rows.reduce(
          (sum, row) => sum + (row.kind === "skipped" ? row.count : 0),
          0,
        );
        const sides = { removed: from, added: to } as const;
        for (const kind of ["removed", "added"] as const) {
          const lines = sides[kind].split("\n");
          const told = textOf(rows, kind);
          expect(told.length + skipped).toBe(lines.length);
          // What is told is the text with some of its lines left out.
          let at = 0;
          for (const one of told) at = lines.indexOf(one, at) + 1;
          expect(at).toBeGreaterThan(told.length - 1);
        }
        const changes = rows.filter(({ kind }) => kind !== "same" && kind !== "skipped");
        expect(changes.length === 0).toBe(from === to);
      }),
    );
  });

  test("marks the words that changed in a line, and keeps the lines around it", () => {
    const from = ["one", "two", "three", "four", "Answer in short.", "six"].join("\n");
    const to = from.replace("short", "verse");
    expect(diffTexts(from, to)).toEqual([
      { kind: "skipped", count: 2 },
      { kind: "same", parts: [{ text: "three", isChanged: false }] },
      { kind: "same", parts: [{ text: "four", isChanged: false }] },
      {
        kind: "removed",
        parts: [
          { text: "Answer in ", isChanged: false },
          { text: "short", isChanged: true },
          { text: ".", isChanged: false },
        ],
      },
      {
        kind: "added",
        parts: [
          { text: "Answer in ", isChanged: false },
          { text: "verse", isChanged: true },
          { text: ".", isChanged: false },
        ],
      },
      { kind: "same", parts: [{ text: "six", isChanged: false }] },
    ]);
  });

  test("tells lines that came or went from those that stayed", () => {
    const kinds = diffTexts("a\nb\nc", "a\nc\nd").map((row) => row.kind);
    expect(kinds).toEqual(["same", "removed", "same", "added"]);
  });

  test("of texts too long to compare takes all to have changed", () => {
    const many = (word: string) =>
      Array.from({ length: 3_000 }, (_, n) => `${word} ${n}`).join("\n");
    const rows = diffTexts(many("old"), many("new"));
    expect(rows).toHaveLength(6_000);
  });
});
