/** A view of the data stays as it was, whatever is written and swept meanwhile. */
import { expect, test } from "vitest";
import { openSnapshot } from "../../../src/embedded/store/snapshot";
import type { Store } from "../../../src/embedded/store/store";
import { internalId, newStore, transact } from "./folders";

const EVERYTHING = new Uint8Array(0);

function set(store: Store, n: number, text: string | null): void {
  const entry = { indexId: 1, key: internalId(n) };
  const change = text === null ? { puts: [], removes: [entry] } : { puts: [entry], removes: [] };
  transact(store, (ts) => {
    store.write({ tableId: 1, internalId: internalId(n), text, ...change }, ts);
  });
}

test("a view stays as it was", () => {
  const store = newStore();
  for (const n of [1, 2, 3]) set(store, n, `"first ${n}"`);
  const view = openSnapshot(store.folder);
  const texts = () => view.scan(1, EVERYTHING, 10).map(({ text }) => text);
  const before = ['"first 1"', '"first 2"', '"first 3"'];
  set(store, 1, '"second"');
  set(store, 2, null);
  set(store, 4, '"new"');
  while (store.sweep({ beforeMicros: store.lastTsMicros(), durationMs: 5 }));
  expect(texts()).toEqual(before);
  expect(view.scan(1, internalId(2), 1).map(({ text }) => text)).toEqual(['"first 2"']);
  view.close();
  const later = openSnapshot(store.folder);
  expect(later.scan(1, EVERYTHING, 10).map(({ text }) => text)).toEqual([
    '"second"',
    '"first 3"',
    '"new"',
  ]);
  later.close();
});
