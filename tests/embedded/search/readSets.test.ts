/** What a search depends on: every write that can change its result, and as few others as can be told apart. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { overlaps } from "../../../src/embedded/engine/readSet";
import { assertCounted } from "../../support/countedProperty";
import { newDatabase, type Db } from "../engine/database";
import { newStore } from "../store/folders";
import { NOTES, noteWrite, search, someFilters, someText, writeNote } from "./texts";

test("a search is touched by every commit that changes its result", async () => {
  const store = newStore();
  const reading = fc.tuple(someText, someFilters, fc.constantFrom("collect", "take", "paginate"));
  let changed = 0;
  let untouched = 0;
  await assertCounted(
    fc.property(
      fc.array(noteWrite, { minLength: 5, maxLength: 25 }),
      fc.array(reading, { minLength: 2, maxLength: 6 }),
      fc.array(noteWrite, { minLength: 1, maxLength: 2 }),
      (committed, readings, writes) => {
        const database = newDatabase(NOTES, store);
        const docs: string[] = [];
        database.commit((db) => committed.forEach((action) => writeNote(db, docs, action)));
        const run = ([text, filters, how]: (typeof readings)[number]) => {
          const db = database.query();
          const query = search(text, filters);
          const result =
            how === "collect"
              ? db.collect(query)
              : how === "take"
                ? db.take(query, 2)
                : db.paginate(query, { numItems: 3 });
          return { result: JSON.stringify(result), readSet: db.tx.readSet };
        };
        const before = readings.map(run);
        const { footprint } = database.commit((db) =>
          writes.forEach((action) => writeNote(db, docs, action)),
        );
        for (const [i, read] of readings.entries()) {
          const { result, readSet } = before[i]!;
          if (run(read).result !== result) {
            changed++;
            expect(overlaps(readSet, footprint)).toBe(true);
          } else if (!overlaps(readSet, footprint)) {
            untouched++;
          }
        }
      },
    ),
    250,
    () => {
      expect(changed).toBeGreaterThan(50);
      expect(untouched).toBeGreaterThan(100);
    },
  );
});

describe("a search", () => {
  type Write = (db: Db, ids: readonly string[]) => unknown;
  const insert =
    (text: string, owner = "anna") =>
    (db: Db) =>
      db.insert("notes", { text, owner });

  type Read = { text: string; owner?: string; limit?: number };
  test.each<[string, { read: Read; write: Write; isTouched: boolean }]>([
    [
      "by a new document with its word",
      { read: { text: "cat" }, write: insert("a cat"), isTouched: true },
    ],
    [
      "by a longer word that begins with its last",
      { read: { text: "ca" }, write: insert("cats"), isTouched: true },
    ],
    [
      "by a longer word that begins with another",
      { read: { text: "ca dog" }, write: insert("cats"), isTouched: false },
    ],
    [
      "by a new document without its words",
      { read: { text: "cat" }, write: insert("bird"), isTouched: false },
    ],
    [
      "by a word that is a part of its own",
      { read: { text: "cats" }, write: insert("cat"), isTouched: false },
    ],
    [
      "by a document that does not pass",
      { read: { text: "cat", owner: "bert" }, write: insert("cat"), isTouched: false },
    ],
    [
      "by one that passes",
      { read: { text: "cat", owner: "anna" }, write: insert("cat"), isTouched: true },
    ],
    [
      "by a change of the text it found",
      { read: { text: "cat" }, write: (db, [id]) => db.patch(id!, { text: "x" }), isTouched: true },
    ],
    [
      "by any change of what it found",
      { read: { text: "cat" }, write: (db, [id]) => db.patch(id!, { n: 1 }), isTouched: true },
    ],
    [
      "by a document that stops passing",
      {
        read: { text: "cat", owner: "anna" },
        write: (db, [id]) => db.patch(id!, { owner: "bert" }),
        isTouched: true,
      },
    ],
    [
      "by a document that begins to pass",
      {
        read: { text: "dog", owner: "bert" },
        write: (db, ids) => db.patch(ids[1]!, { owner: "bert" }),
        isTouched: true,
      },
    ],
    [
      "by a deletion of what it found",
      { read: { text: "cat" }, write: (db, [id]) => db.delete(id!), isTouched: true },
    ],
    [
      "by a deletion of another",
      { read: { text: "cat" }, write: (db, ids) => db.delete(ids[1]!), isTouched: false },
    ],
    [
      "by a deletion of one it did not take, for its word is rarer then",
      {
        read: { text: "cat dog", limit: 1 },
        write: (db, [id]) => db.delete(id!),
        isTouched: true,
      },
    ],
    [
      "by a change of another's other fields",
      { read: { text: "cat" }, write: (db, ids) => db.patch(ids[1]!, { n: 1 }), isTouched: false },
    ],
    [
      "by one less relevant than the ones it took",
      {
        read: { text: "cat", limit: 1 },
        write: insert("cat and very many other words"),
        isTouched: false,
      },
    ],
    [
      "by one more relevant than the ones it took",
      { read: { text: "cat", limit: 1 }, write: insert("cat"), isTouched: true },
    ],
    ["when it has no word", { read: { text: "!" }, write: insert("cat"), isTouched: false }],
  ])("is touched %s", (_name, { read, write, isTouched }) => {
    const { text, owner, limit } = read;
    const database = newDatabase(NOTES);
    const { result: ids } = database.commit((db) =>
      ["a cat", "a dog", "a lion"].map((text) => insert(text)(db)),
    );
    const db = database.query();
    db.take(search(text, owner === undefined ? {} : { owner }), limit ?? 100);
    const { footprint } = database.commit((writing) => write(writing, ids));
    expect(overlaps(db.tx.readSet, footprint)).toBe(isTouched);
  });
});
