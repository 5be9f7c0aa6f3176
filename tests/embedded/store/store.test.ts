/** What the store promises through its interface. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkFolder } from "../../../src/embedded/store/dataFile";
import { openDatabase } from "../../../src/embedded/store/driver";
import { openStore } from "../../../src/embedded/store/sqlite";
import type { KeyRange, Store } from "../../../src/embedded/store/store";
import { internalId, newFolder, newStore, transact } from "./folders";

const BY_ID = 1;
const BY_NAME = 2;
const EVERYTHING = { lower: new Uint8Array(0), upper: null };
const ALL = { order: "asc", limit: 1000 } as const;

/** The key of document `n` under `name`. */
function nameKey(name: string, n: number): Uint8Array {
  return Buffer.concat([Buffer.from(name), internalId(n)]);
}

function put(store: Store, n: number, { name, was }: { name: string; was?: string }): void {
  transact(store, (ts) =>
    store.write(
      {
        tableId: 1,
        internalId: internalId(n),
        text: name,
        puts: [
          { indexId: BY_ID, key: internalId(n) },
          { indexId: BY_NAME, key: nameKey(name, n) },
        ],
        removes: was === undefined ? [] : [{ indexId: BY_NAME, key: nameKey(was, n) }],
      },
      ts,
    ),
  );
}

function remove(store: Store, n: number, name: string): void {
  transact(store, (ts) =>
    store.write(
      {
        tableId: 1,
        internalId: internalId(n),
        text: null,
        puts: [],
        removes: [
          { indexId: BY_ID, key: internalId(n) },
          { indexId: BY_NAME, key: nameKey(name, n) },
        ],
      },
      ts,
    ),
  );
}

const NEW_DOCUMENT = {
  tableId: 1,
  text: "new",
  puts: [{ indexId: BY_ID, key: internalId(1) }],
  removes: [],
};

const texts = (store: Store, indexId: number) =>
  store.scan(indexId, EVERYTHING, ALL).map((row) => row.text);

describe("reading", () => {
  test("reads in one moment leave nothing open, whether they end or throw", () => {
    const store = newStore();
    put(store, 1, { name: "ann" });
    const read = () => store.reading(() => texts(store, BY_NAME));
    expect(read()).toEqual(["ann"]);
    const failing = () =>
      store.reading(() => {
        throw new Error("in the middle");
      });
    expect(failing).toThrow("in the middle");
    put(store, 2, { name: "bob" });
    expect(read()).toEqual(["ann", "bob"]);
  });

  test("reads in one moment within a write transaction see it and leave it open", () => {
    const store = newStore();
    transact(store, (ts) => {
      store.write({ ...NEW_DOCUMENT, internalId: internalId(1) }, ts);
      expect(store.reading(() => store.lookup(BY_ID, internalId(1))?.text)).toBe("new");
    });
    expect(store.lookup(BY_ID, internalId(1))?.text).toBe("new");
  });

  test("an index is scanned in the order of its keys, forwards and backwards, up to a limit", () => {
    const store = newStore();
    for (const [n, name] of ["pear", "apple", "fig"].entries()) put(store, n, { name });

    expect(texts(store, BY_NAME)).toEqual(["apple", "fig", "pear"]);
    expect(texts(store, BY_ID)).toEqual(["pear", "apple", "fig"]);
    const last = store.scan(BY_NAME, EVERYTHING, { order: "desc", limit: 2 });
    expect(last.map((row) => row.text)).toEqual(["pear", "fig"]);
    expect(store.scan(BY_NAME, EVERYTHING, { order: "asc", limit: 0 })).toEqual([]);
    const unlimited = store.scan(BY_NAME, EVERYTHING, {
      order: "asc",
      limit: Number.POSITIVE_INFINITY,
    });
    expect(unlimited).toHaveLength(3);
  });

  test("a range has its lower bound and lacks its upper one", () => {
    const store = newStore();
    for (const [n, name] of ["a", "b", "c"].entries()) put(store, n, { name });
    const range = { lower: nameKey("a", 0), upper: nameKey("c", 2) };

    for (const order of ["asc", "desc"] as const) {
      const rows = store.scan(BY_NAME, range, { order, limit: 10 });
      expect(rows.map((row) => row.text).sort()).toEqual(["a", "b"]);
    }
  });

  test("keys compare as unsigned bytes, and a beginning comes before the whole", () => {
    const store = newStore();
    const keys = [[0], [0, 0], [0, 255], [1], [127, 255], [128], [255], [255, 0], [255, 255]];
    transact(store, (ts) => {
      for (const [n, key] of [...keys.entries()].reverse()) {
        const puts = [{ indexId: 7, key: Uint8Array.from(key) }];
        store.write({ tableId: 1, internalId: internalId(n), text: `${n}`, puts, removes: [] }, ts);
      }
    });

    const rows = store.scan(7, EVERYTHING, ALL);
    expect(rows.map((row) => [...row.key])).toEqual(keys);
    expect(rows.map((row) => row.text)).toEqual(keys.map((_, n) => `${n}`));
  });

  test("a lookup finds exactly one key", () => {
    const store = newStore();
    put(store, 1, { name: "a" });

    expect(store.lookup(BY_ID, internalId(1))).toEqual({ seq: 1, text: "a" });
    expect(store.lookup(BY_ID, internalId(2))).toBeNull();
    expect(store.lookup(BY_NAME, internalId(1))).toBeNull();
  });

  test("texts come back as they were written", () => {
    const store = newStore();
    const text = JSON.stringify({ text: 'é 🦊 \u0000 \ud800 "', long: "x".repeat(100_000) });
    put(store, 1, { name: text });
    expect(store.lookup(BY_ID, internalId(1))?.text).toBe(text);
  });
});

describe("writing", () => {
  test("a new revision has a larger seq, and every entry of the document points at it", () => {
    const store = newStore();
    put(store, 1, { name: "a" });
    const before = store.lookup(BY_ID, internalId(1));
    put(store, 1, { name: "a" });

    const after = store.lookup(BY_ID, internalId(1));
    expect(after?.seq).toBeGreaterThan(before?.seq ?? 0);
    expect(store.lookup(BY_NAME, nameKey("a", 1))).toEqual(after);
    expect(store.count(BY_NAME)).toBe(1);
  });

  test("a document that moves within an index is only at its new place", () => {
    const store = newStore();
    put(store, 1, { name: "a" });
    put(store, 1, { name: "z", was: "a" });
    expect(store.scan(BY_NAME, EVERYTHING, ALL).map((row) => row.key)).toEqual([
      new Uint8Array(nameKey("z", 1)),
    ]);
  });

  test("a deleted document is in no index", () => {
    const store = newStore();
    put(store, 1, { name: "a" });
    put(store, 2, { name: "b" });
    remove(store, 1, "a");

    expect(texts(store, BY_ID)).toEqual(["b"]);
    expect(texts(store, BY_NAME)).toEqual(["b"]);
    expect(store.count(BY_ID)).toBe(1);
  });

  test("reads see the writes of the open transaction; a rollback takes them back", () => {
    const store = newStore();
    put(store, 1, { name: "a" });
    store.begin();
    store.write(
      {
        tableId: 1,
        internalId: internalId(2),
        text: "b",
        puts: [{ indexId: BY_ID, key: internalId(2) }],
        removes: [{ indexId: BY_ID, key: internalId(1) }],
      },
      store.lastTsMicros() + 1,
    );
    store.setSetting("s", "new");
    store.dropIndex(BY_NAME);
    expect(texts(store, BY_ID)).toEqual(["b"]);
    expect(texts(store, BY_NAME)).toEqual([]);
    expect(store.getSetting("s")).toBe("new");

    store.rollback();
    expect(texts(store, BY_ID)).toEqual(["a"]);
    expect(texts(store, BY_NAME)).toEqual(["a"]);
    expect(store.getSetting("s")).toBeNull();
    expect(() => store.rollback()).not.toThrow();
  });

  test("a dropped index has no entries, and other indexes keep theirs", () => {
    const store = newStore();
    for (let n = 0; n < 5; n++) put(store, n, { name: "x" });
    transact(store, () => store.dropIndex(BY_NAME));
    expect(store.count(BY_NAME)).toBe(0);
    expect(store.count(BY_ID)).toBe(5);
  });

  test("an entry can be added for a revision that is there", () => {
    const store = newStore();
    put(store, 1, { name: "a" });
    const seq = store.lookup(BY_ID, internalId(1))?.seq ?? 0;
    transact(store, () => store.putEntry(9, Uint8Array.of(5), seq));
    const rows = store.scan(9, EVERYTHING, ALL);
    expect(rows).toMatchObject([{ key: Uint8Array.of(5), seq, text: "a" }]);
  });

  describe("bare keys", () => {
    const BY_WORD = 7;
    const key = (...bytes: number[]) => ({ indexId: BY_WORD, key: Uint8Array.from(bytes) });
    const everything = { lower: new Uint8Array(0), upper: null };
    const write = (store: Store, puts: number[][], removes: number[][] = []) =>
      transact(store, (ts) =>
        store.write(
          {
            tableId: 1,
            internalId: internalId(1),
            text: "a",
            puts: [{ indexId: BY_ID, key: internalId(1) }],
            removes: [],
            bareKeys: {
              puts: puts.map((bytes) => key(...bytes)),
              removes: removes.map((bytes) => key(...bytes)),
            },
          },
          ts,
        ),
      );

    test("come and go with a document's change, and are read in order, up to a limit", () => {
      const store = newStore();
      write(store, [[3], [1, 9], [1], [2]]);
      write(store, [[4]], [[2]]);
      const keys = (range: KeyRange, limit = 10) =>
        store.keys(BY_WORD, range, limit).map((bytes) => [...bytes]);
      expect(keys(everything)).toEqual([[1], [1, 9], [3], [4]]);
      expect(keys(everything, 2)).toEqual([[1], [1, 9]]);
      expect(keys({ lower: Uint8Array.of(1, 1), upper: Uint8Array.of(4) })).toEqual([[1, 9], [3]]);
      transact(store, () => store.putBareKey(BY_WORD, Uint8Array.of(0)));
      expect(keys(everything, 1)).toEqual([[0]]);
    });

    test("lead to no document, and that is no damage", () => {
      const folder = newFolder();
      const before = newStore(folder);
      write(before, [[1], [2]]);
      before.close();
      expect(() => checkFolder(folder)).not.toThrow();
      const store = newStore(folder);
      expect(store.keys(BY_WORD, everything, 10)).toHaveLength(2);
      while (store.sweep({ beforeMicros: store.lastTsMicros(), durationMs: 100 }));
      expect(store.keys(BY_WORD, everything, 10)).toHaveLength(2);
      transact(store, () => store.dropIndex(BY_WORD));
      expect(store.keys(BY_WORD, everything, 10)).toEqual([]);
    });
  });

  test("writing outside of a transaction, or opening a second one, is an error", () => {
    const store = newStore();
    expect(() => store.setSetting("s", "x")).toThrow("No write transaction is open");
    expect(() => store.dropIndex(1)).toThrow("No write transaction is open");
    expect(() => store.commit(1)).toThrow("No write transaction is open");
    store.begin();
    expect(() => store.begin()).toThrow("already open");
    store.rollback();
  });

  test("a text that SQLite would cut off is refused", () => {
    const store = newStore();
    expect(() => put(store, 1, { name: "a\0b" })).toThrow("NUL");
    expect(() => store.setSetting("s", "a\0b")).toThrow("NUL");
  });

  test("a write that fails takes its whole transaction back", () => {
    const store = newStore();
    store.begin();
    store.setSetting("s", "x");
    const puts = [{ indexId: 0.5, key: Uint8Array.of(1) }];
    expect(() =>
      store.write({ tableId: 1, internalId: internalId(1), text: "a", puts, removes: [] }, 1),
    ).toThrow();
    expect(store.getSetting("s")).toBeNull();
    expect(() => store.begin()).not.toThrow();
  });

  test("each revision points at the one before it, so that old ones can be found later", () => {
    const folder = newFolder();
    const store = newStore(folder);
    put(store, 1, { name: "a" });
    put(store, 2, { name: "x" });
    put(store, 1, { name: "b", was: "a" });
    remove(store, 1, "b");
    put(store, 1, { name: "c" });
    store.close();

    const database = openDatabase(join(folder, "data.sqlite"), { readOnly: true });
    const rows = database.prepare("SELECT seq, prev, text FROM revisions ORDER BY seq").all();
    database.close();
    expect(rows).toEqual([
      [1, null, "a"],
      [2, null, "x"],
      [3, 1, "b"],
      [4, 3, null],
      [5, null, "c"],
    ]);
  });
});

describe("what outlives a restart", () => {
  test("documents, settings and the clock", () => {
    const folder = newFolder();
    const first = openStore(folder);
    put(first, 1, { name: "a" });
    transact(first, () => {
      first.setSetting("kept", "value");
      first.setSetting("gone", "value");
    });
    transact(first, () => first.setSetting("gone", null));
    const lastTsMicros = first.lastTsMicros();
    first.close();

    const second = newStore(folder);
    expect(texts(second, BY_NAME)).toEqual(["a"]);
    expect(second.getSetting("kept")).toBe("value");
    expect(second.getSetting("gone")).toBeNull();
    expect(second.lastTsMicros()).toBe(lastTsMicros);
    expect(second.folder).toBe(folder);
  });

  test("nothing of a transaction that was open when the store closed", () => {
    const folder = newFolder();
    const first = openStore(folder);
    put(first, 1, { name: "a" });
    first.begin();
    first.dropIndex(BY_ID);
    first.close();
    first.close();

    expect(texts(newStore(folder), BY_ID)).toEqual(["a"]);
  });
});

describe("time", () => {
  const NOW = 1_795_000_000_000_000;

  test("starts at zero and is that of the newest commit", () => {
    const store = newStore();
    expect(store.lastTsMicros()).toBe(0);
    store.begin();
    store.commit(NOW);
    expect(store.lastTsMicros()).toBe(NOW);
  });

  test.each([NOW, NOW - 1, 0, -5, NOW + 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "after a commit at NOW, one at %d is refused and stores nothing",
    (tsMicros) => {
      const folder = newFolder();
      const store = newStore(folder);
      store.begin();
      store.commit(NOW);

      store.begin();
      store.setSetting("s", "x");
      expect(() => store.commit(tsMicros)).toThrow("not later than the last commit");
      expect(store.getSetting("s")).toBeNull();

      store.close();
      expect(newStore(folder).lastTsMicros()).toBe(NOW);
    },
  );

  test("a commit cannot be before its own writes, nor a write before the last commit", () => {
    const store = newStore();
    put(store, 1, { name: "a" });
    const change = { tableId: 1, internalId: internalId(2), text: "b", puts: [], removes: [] };
    store.begin();
    expect(() => store.write(change, store.lastTsMicros())).toThrow("not later");
    store.write(change, store.lastTsMicros() + 2);
    expect(() => store.commit(store.lastTsMicros() + 1)).toThrow("before its own write");
  });

  test("a rollback does not move it", () => {
    const store = newStore();
    store.begin();
    store.rollback();
    expect(store.lastTsMicros()).toBe(0);
  });
});

test.skipIf(process.platform === "win32")(
  "only the owner of the data folder's files can read what is stored",
  () => {
    const folder = newFolder();
    put(newStore(folder), 1, { name: "secret" });
    const files = readdirSync(folder).filter((name) => name.startsWith("data.sqlite"));
    expect(files.length).toBeGreaterThan(1); // its log has the newest writes
    for (const name of files) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  },
);
