import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CHUNKS_PER_PAGE,
  nothingOf,
  take,
  toReply,
  type Arrived,
  type ChunksPage,
  type Message,
  type Reply,
} from "../../../src/client/reply";
import { assertCounted } from "../../support/countedProperty";

type Chunk = ChunksPage["chunks"][number];

const MESSAGE = "m1" as Message["_id"];

const part = fc.record({
  kind: fc.constantFrom("text" as const, "reasoning" as const),
  text: fc.string({ minLength: 1, maxLength: 4 }),
});

/** A message as its worker writes it: its pieces have following numbers, from any on. */
const written = fc
  .record({
    firstSeq: fc.nat(50),
    pieces: fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
    isInterrupted: fc.boolean(),
    keepsReasoning: fc.nat(40), // characters of it in the row
  })
  .map(({ firstSeq, pieces, ...rest }) => ({
    ...rest,
    chunks: pieces.map((parts, n): Chunk => ({ seq: firstSeq + n, messageId: MESSAGE, parts })),
  }));
type Written = typeof written extends fc.Arbitrary<infer Value> ? Value : never;

function said(chunks: readonly Chunk[], kind: "text" | "reasoning"): string {
  const parts = chunks.flatMap((chunk) => chunk.parts);
  return parts.map((one) => (one.kind === kind ? one.text : "")).join("");
}

function rowOf({ chunks, isInterrupted, keepsReasoning }: Written, hasEnded: boolean): Message {
  const reasoning = said(chunks, "reasoning").slice(0, keepsReasoning);
  return {
    _id: MESSAGE,
    role: "assistant",
    content: hasEnded ? said(chunks, "text") : "",
    status: !hasEnded ? "streaming" : isInterrupted ? "interrupted" : "complete",
    ...(hasEnded && isInterrupted && { error: "The run was cancelled." }),
    ...(hasEnded && reasoning !== "" && { reasoning: { enabled: true, steps: [reasoning] } }),
  } as Message;
}

/** What `queries.messages.chunks` answers, when so many of the pieces are there. */
function pageAt(of: Written, { afterSeq, there }: { afterSeq: number; there: number }): ChunksPage {
  const chunks = of.chunks.slice(0, there).filter(({ seq }) => seq > afterSeq);
  const lastSeq = chunks.at(-1)?.seq ?? afterSeq;
  return { messageId: MESSAGE, status: "streaming", chunks, lastSeq, isDone: false };
}

function expectGrowth(before: Reply, after: Reply): void {
  expect(after.text.startsWith(before.text)).toBe(true);
  expect(after.reasoning.startsWith(before.reasoning)).toBe(true);
  if (before.status !== "streaming") expect(after.status).toBe(before.status);
  if (!before.isLoading) expect(after.isLoading).toBe(false);
}

/**
 * What may reach a client: pages from its own cursor, an earlier or a later one, that show any number of the pieces
 * that there are by then, late and repeated; and the row, ended once all is written.
 */
const delivery = fc.record({
  cursor: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -8, max: 8 }) },
  ),
  there: fc.nat(14),
  seesEnd: fc.boolean(),
});

test("however pieces and row reach it, what is shown only grows, is in order, and ends as the row", async () => {
  const met = { strictlyBetween: 0, stale: 0, ahead: 0, endedEarly: 0, interrupted: 0 };
  const property = fc.property(written, fc.array(delivery, { maxLength: 25 }), (of, deliveries) => {
    let arrived: Arrived = nothingOf(MESSAGE);
    let row = rowOf(of, false);
    let shown = toReply(row, arrived);
    const text = said(of.chunks, "text");
    const show = (next: Reply) => {
      expectGrowth(shown, next);
      expect(text.startsWith(next.text)).toBe(true);
      shown = next;
      if (next.text !== "" && next.text !== text) met.strictlyBetween++;
    };
    for (const { cursor, there, seesEnd } of deliveries) {
      const afterSeq = arrived.lastSeq + cursor;
      if (cursor < 0) met.stale++;
      if (cursor > 0) met.ahead++;
      const before = arrived;
      arrived = take(arrived, afterSeq, pageAt(of, { afterSeq, there }));
      if (arrived.lastSeq === before.lastSeq && before.hasCaughtUp) expect(arrived).toBe(before);
      if (seesEnd && there > of.chunks.length) row = rowOf(of, true);
      if (row.status !== "streaming" && arrived.text !== text) met.endedEarly++;
      show(toReply(row, arrived));
    }
    show(toReply(rowOf(of, true), arrived));
    expect(shown.text).toBe(text);
    expect(shown.isLoading).toBe(false);
    if (of.isInterrupted) met.interrupted++;
    expect(shown.error === undefined).toBe(!of.isInterrupted);
    // Whoever reads from the start to the end has it all, the reasoning too.
    const whole = take(nothingOf(MESSAGE), -1, pageAt(of, { afterSeq: -1, there: 14 }));
    expect(whole).toMatchObject({ text, reasoning: said(of.chunks, "reasoning") });
  });
  await assertCounted(property, 1_000, () => {
    for (const [what, count] of Object.entries(met)) expect(count, what).toBeGreaterThan(20);
  });
});

test("pieces of another message of the same run are not its own", () => {
  const chunks = [
    { seq: 0, messageId: MESSAGE, parts: [{ kind: "text" as const, text: "mine" }] },
    { seq: 1, messageId: "m2" as never, parts: [{ kind: "text" as const, text: "not mine" }] },
  ];
  const page = { messageId: MESSAGE, status: null, chunks, lastSeq: 1, isDone: false };
  expect(take(nothingOf(MESSAGE), -1, page).text).toBe("mine");
});

test("is loading until the pieces that are there have been read", () => {
  const of = { isInterrupted: false, keepsReasoning: 0 };
  const chunks = Array.from({ length: CHUNKS_PER_PAGE + 1 }, (_, seq): Chunk => {
    return { seq, messageId: MESSAGE, parts: [{ kind: "text", text: `${seq} ` }] };
  });
  const row = rowOf({ ...of, chunks }, false);
  const pages = [chunks.slice(0, CHUNKS_PER_PAGE), chunks.slice(CHUNKS_PER_PAGE)];
  let arrived = nothingOf(MESSAGE);
  const loading = [toReply(row, arrived).isLoading];
  for (const page of pages) {
    const afterSeq = arrived.lastSeq;
    const rest = { messageId: MESSAGE, status: null, lastSeq: 0, isDone: false };
    arrived = take(arrived, afterSeq, { ...rest, chunks: page });
    loading.push(toReply(row, arrived).isLoading);
  }
  expect(loading).toEqual([true, true, false]);
  expect(arrived.text).toBe(said(chunks, "text"));
});
