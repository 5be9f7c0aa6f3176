/** Out of room: the transaction is undone, the store says so, and works again once there is room. */
import { expect, test } from "vitest";
import type { Store } from "../../../src/embedded/store/store";
import { internalId, newFolder, newStore, refusal, transact } from "./folders";

const LIMIT_BYTES = 1024 * 1024;
const EVERYTHING = { lower: new Uint8Array(0), upper: null };

function write(store: Store, n: number, tsMicros: number): void {
  const puts = [
    { indexId: 1, key: internalId(n) },
    // A large key, so that the index takes up room too.
    { indexId: 2, key: Buffer.concat([internalId(n), Buffer.alloc(1000)]) },
  ];
  const text = JSON.stringify({ n, filler: "x".repeat(1000) });
  store.write({ tableId: 1, internalId: internalId(n), text, puts, removes: [] }, tsMicros);
}

/** Commits document after document until there is no room; gives how many there are. */
function fill(store: Store): { stored: number; message: string } {
  for (let n = 0; ; n++) {
    const ts = store.lastTsMicros() + 1;
    store.begin();
    try {
      write(store, n, ts);
      store.commit(ts);
    } catch (error) {
      const { kind, message } = refusal(() => {
        throw error;
      });
      expect(kind).toBe("disk_full");
      return { stored: n, message };
    }
  }
}

test("a write that finds no room is undone as a whole, and reading goes on", () => {
  const folder = newFolder();
  const store = newStore(folder, { maxSizeBytes: LIMIT_BYTES });
  const { stored, message } = fill(store);
  expect(stored).toBeGreaterThan(100);
  expect(message).toContain(folder);
  expect(message).toContain("Free disk space");

  const lastTsMicros = store.lastTsMicros();
  expect(refusal(() => transact(store, (ts) => write(store, stored, ts))).kind).toBe("disk_full");
  store.rollback();
  expect(store.count(1)).toBe(stored);
  expect(store.count(2)).toBe(stored);
  expect(store.scan(1, EVERYTHING, { order: "asc", limit: 10_000 })).toHaveLength(stored);
  expect(store.lastTsMicros()).toBe(lastTsMicros);
});

test("a large transaction that runs out of room leaves nothing of itself", () => {
  const store = newStore(newFolder(), { maxSizeBytes: LIMIT_BYTES });
  transact(store, (ts) => write(store, 0, ts));
  const attempt = () =>
    transact(store, (ts) => {
      store.setSetting("s", "x");
      for (let n = 1; n < 5000; n++) write(store, n, ts);
    });
  expect(refusal(attempt).kind).toBe("disk_full");
  expect(store.count(1)).toBe(1);
  expect(store.getSetting("s")).toBeNull();
  expect(() => store.commit(store.lastTsMicros() + 1)).toThrow("No write transaction is open");
});

test("once there is room again, the same store goes on", () => {
  const folder = newFolder();
  const store = newStore(folder, { maxSizeBytes: LIMIT_BYTES });
  const { stored } = fill(store);

  transact(store, () => store.dropIndex(2));
  transact(store, (ts) => write(store, stored, ts));
  expect(store.count(1)).toBe(stored + 1);

  store.close();
  const larger = newStore(folder, { maxSizeBytes: 4 * LIMIT_BYTES });
  for (let n = 0; n < 200; n++) transact(larger, (ts) => write(larger, 10_000 + n, ts));
  expect(larger.count(1)).toBe(stored + 201);
});
