/** Data folders for tests, removed when the test ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStore, type StoreOptions } from "../../../src/embedded/store/sqlite";
import { StoreError, type Store, type StoreErrorKind } from "../../../src/embedded/store/store";

/** An empty folder of the test's own. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "embedded-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store that is closed when the test ends. */
export function newStore(folder = newFolder(), options?: StoreOptions): Store {
  const store = openStore(folder, options);
  onTestFinished(() => store.close());
  return store;
}

/** What `run` is refused with. */
export function refusal(run: () => unknown): { kind: StoreErrorKind; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof StoreError) return { kind: error.kind, message: error.message };
    throw error;
  }
  throw new Error("It was not refused.");
}

/** One write transaction, committed right after the last. */
export function transact<T>(store: Store, run: (tsMicros: number) => T): T {
  const tsMicros = store.lastTsMicros() + 1;
  store.begin();
  const result = run(tsMicros);
  store.commit(tsMicros);
  return result;
}

/** 16 bytes that differ for each `n` and sort by it. */
export function internalId(n: number): Uint8Array {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(0, n);
  return id;
}
