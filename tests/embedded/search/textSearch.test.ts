/** Text search: which documents match, in which order, and what a query cannot ask. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonDocument, JsonObject } from "../../../src/embedded/values/json";
import { assertCounted } from "../../support/countedProperty";
import { ids, newDatabase, type PageJson, type QueryJson } from "../engine/database";
import { newStore } from "../store/folders";
import {
  matches,
  NOTES,
  noteWrite,
  search,
  someFilters,
  someText,
  writeNote,
  type Filters,
} from "./texts";

function notes(...texts: (string | JsonObject)[]) {
  const database = newDatabase(NOTES);
  const { result } = database.commit((db) =>
    texts.map((text) => db.insert("notes", typeof text === "string" ? { text } : text)),
  );
  const found = (text: string, filters?: Filters) =>
    database
      .query()
      .collect(search(text, filters))
      .map((note) => note["text"] as string);
  return { ...database, ids: result, found };
}

describe("a search finds", () => {
  test("documents with any of its words, whatever their case and what stands between them", () => {
    const { found } = notes("The quick brown fox", "a lazy dog", "QUICK-dog!", "cat");
    expect(found("dog quick").toSorted()).toEqual([
      "QUICK-dog!",
      "The quick brown fox",
      "a lazy dog",
    ]);
    expect(found("Fox")).toEqual(["The quick brown fox"]);
    expect(found("bird")).toEqual([]);
  });

  test("longer words that begin with its last word, and with no other", () => {
    const { found } = notes("hello", "helium", "help", "world");
    expect(found("hel").toSorted()).toEqual(["helium", "hello", "help"]);
    expect(found("hel world")).toEqual(["world"]);
    expect(found("world hel").toSorted()).toEqual(["helium", "hello", "help", "world"]);
  });

  test("of the words that begin with its last one, the first sixteen", () => {
    const words = Array.from({ length: 20 }, (_, n) => `w${String(n).padStart(2, "0")}`);
    const { found } = notes(...words);
    expect(found("w").toSorted()).toEqual(words.slice(0, 16));
    expect(found("w19")).toEqual(["w19"]);
  });

  test("words of any script, and only whole ones before the last", () => {
    const { found } = notes("Größe über alles", "日本語 テスト", "наша Москва");
    expect(found("GRÖSSE")).toEqual([]);
    expect(found("größe")).toEqual(["Größe über alles"]);
    expect(found("日本")).toEqual(["日本語 テスト"]);
    expect(found("МОСК")).toEqual(["наша Москва"]);
  });

  test("texts below other fields; what is no text is not indexed", () => {
    const { query } = notes(
      { deep: { text: "inside" } },
      { deep: { text: ["inside"] } },
      { deep: "inside" },
      { text: "inside" },
    );
    expect(query().collect(search("inside", {}, "notes.by_deep"))).toHaveLength(1);
  });

  test("nothing without a word", () => {
    const { found } = notes("hello");
    expect(found("")).toEqual([]);
    expect(found(" ,.! ")).toEqual([]);
    expect(found("x".repeat(40))).toEqual([]);
  });

  test("only by its first sixteen words", () => {
    const { found } = notes("needle");
    const others = Array.from({ length: 15 }, (_, n) => `other${n}`).join(" ");
    expect(found(`${others} needle`)).toEqual(["needle"]);
    expect(found(`${others} one needle`)).toEqual([]);
  });

  test("a word at the end of the longest text that can be stored", () => {
    const text = Array.from({ length: 60_000 }, (_, n) => `word${n}`).join(" ");
    const { query } = notes(`${text} needle`);
    expect(query().collect(search("needle"))).toHaveLength(1);
    expect(query().collect(search("word59999"))).toHaveLength(1);
  });
});

describe("the order is one of relevance", () => {
  test("a rare word counts for more than a common one", () => {
    const { found } = notes("cat a", "cat b", "cat c", "zebra d");
    expect(found("cat zebra")[0]).toBe("zebra d");
  });

  test("a word counts for more in a shorter text, and when it comes more often", () => {
    const { found } = notes("cat and many other words", "cat", "cat cat dog bird fish");
    expect(found("cat")).toEqual(["cat cat dog bird fish", "cat", "cat and many other words"]);
  });

  test("the word itself comes before words that only begin so", () => {
    const { found } = notes("help", "helper", "helpful");
    expect(found("help")[0]).toBe("help");
  });

  test("both words come before one", () => {
    const { found } = notes("cat x", "dog y", "cat dog");
    expect(found("cat dog")[0]).toBe("cat dog");
  });

  test("a common word counts even for a document that it ranks behind a thousand others", () => {
    const database = newDatabase(NOTES);
    database.commit((db) => {
      db.insert("notes", { text: "cat zebra" });
      db.insert("notes", { text: "zebra" });
      for (let n = 0; n < 1_100; n++) db.insert("notes", { text: "cat" });
    });
    const found = database.query().take(search("cat zebra"), 3);
    expect(found.map(({ text }) => text)).toEqual(["cat zebra", "zebra", "cat"]);
  });

  test("of equals, the newest comes first", () => {
    const { found } = notes("cat dog 1", "cat dog 2", "cat dog 3");
    expect(found("cat")).toEqual(["cat dog 3", "cat dog 2", "cat dog 1"]);
    expect(found("dog cat")).toEqual(["cat dog 3", "cat dog 2", "cat dog 1"]);
  });
});

describe("filters", () => {
  const documents = [
    { text: "cat", owner: "anna", state: "open" },
    { text: "cat", owner: "anna", state: "done" },
    { text: "cat", owner: "bert", state: "open" },
    { text: "cat" },
    { text: "cat", owner: null },
    { text: "cat", owner: { $integer: "AQAAAAAAAAA=" } },
    { text: "cat", owner: 1 },
  ];

  test.each<[Filters, number[]]>([
    [{ owner: "anna" }, [1, 0]],
    [{ owner: "anna", state: "open" }, [0]],
    [{ state: "open" }, [2, 0]],
    [{ state: "open", owner: "bert" }, [2]],
    [{ owner: "ann" }, []],
    [{ owner: { $undefined: null } }, [3]],
    [{ owner: null }, [4]],
    [{ owner: 1 }, [6]],
    [{ owner: { $integer: "AQAAAAAAAAA=" } }, [5]],
  ])("%j", (filters, expected) => {
    const { query, ids: all } = notes(...documents);
    expect(ids(query().collect(search("cat", filters)))).toEqual(expected.map((i) => all[i]));
  });

  test("of one field twice must both hold", () => {
    const { query } = notes(...documents);
    const both = search("cat", { owner: "anna" });
    (both.source["filters"] as JsonObject[]).push({
      type: "Eq",
      fieldPath: "owner",
      value: "bert",
    });
    expect(query().collect(both)).toEqual([]);
  });
});

describe("with other operators", () => {
  test("a limit takes the best, a filter drops from what was found", () => {
    const { query } = notes("cat 1", "cat 2", "cat 3", "cat 4");
    const texts = (docs: JsonDocument[]) => docs.map(({ text }) => text);
    expect(texts(query().take(search("cat"), 2))).toEqual(["cat 4", "cat 3"]);
    const filtered: QueryJson = {
      ...search("cat"),
      operators: [{ filter: { $neq: [{ $field: "text" }, { $literal: "cat 4" }] } }, { limit: 2 }],
    };
    expect(texts(query().collect(filtered))).toEqual(["cat 3", "cat 2"]);
  });

  test("pages follow each other in the order of relevance, without a gap or a repetition", () => {
    const { query } = notes(...Array.from({ length: 25 }, (_, n) => `cat ${"x ".repeat(n)}`));
    const all = query().collect(search("cat x"));
    const read: JsonDocument[] = [];
    let page: PageJson | null = null;
    while (page === null || !page.isDone) {
      const cursor: string | null = page?.continueCursor ?? null;
      page = query().paginate(search("cat x"), { cursor, numItems: 4 });
      expect(page.page.length).toBeLessThanOrEqual(4);
      expect(page.splitCursor).toBeNull();
      read.push(...page.page);
    }
    expect(ids(read)).toEqual(ids(all));
  });

  test("a page up to an end cursor keeps its end", () => {
    const { query, commit } = notes(...Array.from({ length: 10 }, (_, n) => `cat ${n}`));
    const first = query().paginate(search("cat"), { numItems: 4 });
    commit((db) => db.insert("notes", { text: "cat 10" }));
    const again = query().paginate(search("cat"), { numItems: 4, endCursor: first.continueCursor });
    expect(again.page.map(({ text }) => text)).toEqual([
      "cat 10",
      "cat 9",
      "cat 8",
      "cat 7",
      "cat 6",
    ]);
    expect(again.continueCursor).toBe(first.continueCursor);
  });

  test("reading on after 1,024 documents is refused; fewer can be read", () => {
    const database = newDatabase(NOTES);
    database.commit((db) => {
      for (let n = 0; n < 1_100; n++) db.insert("notes", { text: `cat dog${n % 7}` });
    });
    expect(database.query().take(search("cat"), 1_024)).toHaveLength(1_024);
    for (const text of ["cat", "cat dog"]) {
      expect(() => database.query().collect(search(text))).toThrow(
        "Search query scanned too many documents (fetched 1024). Consider using a smaller limit, paginating the query, or using a filter field to limit the number of documents pulled from the search index.",
      );
    }
  });
});

describe("a query is refused that", () => {
  const where = (filters: JsonObject[], indexName = "notes.by_text"): QueryJson => ({
    source: { type: "Search", indexName, filters },
    operators: [],
  });
  const text: JsonObject = { type: "Search", fieldPath: "text", value: "cat" };
  const eq = (fieldPath: string): JsonObject => ({ type: "Eq", fieldPath, value: 1 });

  test.each<[string, QueryJson, string]>([
    [
      "has no search",
      where([eq("owner")]),
      'You must include a search filter like `q.search("text", searchText)`.',
    ],
    [
      "searches twice",
      where([text, text]),
      'multiple search filters against "text". Only one is allowed.',
    ],
    [
      "searches another field",
      where([{ ...text, fieldPath: "owner" }]),
      'against "owner", which doesn\'t match the indexed `searchField` "text".',
    ],
    [
      "filters by another field",
      where([text, eq("text")]),
      'an equality filter on "text" but that field isn\'t indexed for filtering in `filterFields`.',
    ],
    [
      "has nine filters",
      where([text, ...Array.from({ length: 9 }, () => eq("owner"))]),
      "has too many filter conditions. Max: 8 Actual: 9",
    ],
    ["names no index", where([text], "notes.by_nothing"), "Index notes.by_nothing not found."],
    ["names no table", where([text], "nothing.by_text"), "Index nothing.by_text not found."],
    [
      "names a database index",
      where([text], "notes.by_creation_time"),
      "Index notes.by_creation_time is not a search index",
    ],
    ["has a malformed filter", where([{ ...text, value: 5 }]), "is not a search filter"],
  ])("%s", (_name, query, message) => {
    expect(() => notes().query().collect(query)).toThrow(message);
  });

  test("reads a search index as a database index", () => {
    const query = {
      source: { type: "IndexRange", indexName: "notes.by_text", range: [] },
      operators: [],
    };
    expect(() =>
      notes()
        .query()
        .collect(query as unknown as QueryJson),
    ).toThrow("Index notes.by_text is not a database index");
  });

  test("uses an index that is being filled", () => {
    const database = newDatabase({ notes: { ...NOTES["notes"]!, backfilling: ["by_text"] } });
    expect(() => database.query().collect(search("cat"))).toThrow(
      "Index notes.by_text is currently backfilling and not available to query yet.",
    );
  });
});

describe("a transaction that writes", () => {
  test("finds what it has written, and no longer what it has changed or deleted", () => {
    const {
      mutation,
      ids: [first, second],
    } = notes("cat one", "cat two");
    const db = mutation();
    const texts = () => db.collect(search("cat")).map(({ text }) => text);
    db.insert("notes", { text: "cat three" });
    expect(texts()).toEqual(["cat three", "cat two", "cat one"]);
    db.patch(first!, { text: "dog" });
    db.delete(second!);
    expect(texts()).toEqual(["cat three"]);
    db.patch(first!, { text: "cat again" });
    expect(texts()).toEqual(["cat three", "cat again"]);
  });

  test("finds after a rollback to a savepoint what it found before", () => {
    const {
      mutation,
      ids: [first],
    } = notes("cat one", "cat two");
    const db = mutation();
    const savepoint = db.tx.savepoint();
    db.patch(first!, { text: "dog" });
    db.insert("notes", { text: "cat three" });
    db.tx.rollbackTo(savepoint);
    expect(db.collect(search("cat")).map(({ text }) => text)).toEqual(["cat two", "cat one"]);
  });
});

test("whatever is written, what is found is what a look at every document finds", async () => {
  const store = newStore();
  let found = 0;
  await assertCounted(
    fc.property(
      fc.array(noteWrite, { minLength: 8, maxLength: 25 }),
      fc.array(noteWrite, { maxLength: 8 }),
      fc.array(fc.tuple(someText, someFilters), { minLength: 3, maxLength: 6 }),
      (committed, uncommitted, searches) => {
        const database = newDatabase(NOTES, store);
        const docs: string[] = [];
        database.commit((db) => committed.forEach((action) => writeNote(db, docs, action)));
        const db = database.mutation();
        uncommitted.forEach((action) => writeNote(db, docs, action));
        const all = docs.map((id) => db.get(id)).filter((doc) => doc !== null);
        for (const [text, filters] of searches) {
          const results = db.collect(search(text, filters));
          const expected = matches(all, text, filters);
          expect(ids(results).toSorted()).toEqual(ids(expected.map(({ doc }) => doc)).toSorted());
          const scores = new Map(expected.map(({ doc, score }) => [doc._id, score]));
          for (const [i, doc] of results.slice(1).entries()) {
            // Weights are kept in 16 bits.
            expect(scores.get(results[i]!._id)! - scores.get(doc._id)!).toBeGreaterThan(-0.001);
          }
          found += results.length;
        }
      },
    ),
    200,
    () => expect(found).toBeGreaterThan(500),
  );
});
