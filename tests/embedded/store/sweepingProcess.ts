/**
 * A process that overwrites 20 documents in the folder named on its command line and sweeps after each
 * commit, until it is killed. Says "<document> <version>" for each that is durable.
 */
import { openStore } from "../../../src/embedded/store/sqlite";

/** As `internalId` of folders.ts, without the test runner that stands behind it. */
function internalId(n: number): Uint8Array {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(0, n);
  return id;
}

const store = openStore(process.argv[2] ?? "");
for (let i = 0; ; i++) {
  const n = i % 20;
  const tsMicros = store.lastTsMicros() + 1;
  const text = JSON.stringify({ version: tsMicros, filler: "x".repeat(500) });
  store.begin();
  const puts = [{ indexId: 1, key: internalId(n) }];
  store.write({ tableId: 1, internalId: internalId(n), text, puts, removes: [] }, tsMicros);
  store.commit(tsMicros);
  process.stdout.write(`${n} ${tsMicros}\n`);
  store.sweep({ beforeMicros: tsMicros - 40, durationMs: 2 });
}
