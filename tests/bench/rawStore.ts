/** The store alone, written as the engine writes it: one revision and three index entries for each document. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/embedded/store/sqlite";
import type { DocumentChange, Store } from "../../src/embedded/store/store";
import { encodeId, newInternalId } from "../../src/embedded/values/ids";
import { encodeKey, prefixRange } from "../../src/embedded/values/keys";
import { BODY, CHANNEL } from "./documents";
import { perSecond, rateAndCpu } from "./measure";
import type { Add } from "./measures";

const SINGLES = 1_000;
const COMMITS = 200;
/** As many documents as the runtime warms up with. */
const WARM_UP_COMMITS = 40;
const GROUP_SIZE = 50;
const SCANS = 5_000;
const ROWS = 20;

const TABLE_NUMBER = 10_001;
const INDEX = { byId: 1, byCreationTime: 2, byChannelAndNumber: 3 } as const;

export async function measureRawStore(add: Add): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-store-"));
  const store = openStore(folder);
  try {
    let number = 0;
    const insertGroup = (size: number) => () => {
      const tsMicros = Math.max(Date.now() * 1000, store.lastTsMicros() + 1);
      store.begin();
      for (let i = 0; i < size; i++) store.write(newMessage(++number), tsMicros);
      store.commit(tsMicros);
    };
    await perSecond(WARM_UP_COMMITS, insertGroup(GROUP_SIZE));
    add("rawSingle", await perSecond(SINGLES, insertGroup(1)));
    const grouped = await rateAndCpu(COMMITS * GROUP_SIZE, () =>
      perSecond(COMMITS, insertGroup(GROUP_SIZE)),
    );
    add("rawGrouped", GROUP_SIZE * grouped.rate);
    add("rawGroupedCpu", grouped.cpuMicros);
    add("rawScan", await perSecond(SCANS, () => scanLatest(store)));
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function newMessage(number: number): DocumentChange {
  const nowMs = Date.now();
  const internalId = newInternalId(nowMs);
  const _id = encodeId(TABLE_NUMBER, internalId);
  const document = { channel: CHANNEL, number, body: BODY, _creationTime: nowMs, _id };
  return {
    tableId: 1,
    internalId,
    text: JSON.stringify(document),
    puts: [
      { indexId: INDEX.byId, key: internalId },
      { indexId: INDEX.byCreationTime, key: withId(encodeKey([nowMs]), internalId) },
      {
        indexId: INDEX.byChannelAndNumber,
        key: withId(encodeKey([CHANNEL, number, nowMs]), internalId),
      },
    ],
    removes: [],
  };
}

function withId(key: Uint8Array, internalId: Uint8Array): Uint8Array {
  return Buffer.concat([key, internalId]);
}

function scanLatest(store: Store): void {
  const range = prefixRange(encodeKey([CHANNEL]));
  const rows = store.scan(INDEX.byChannelAndNumber, range, { order: "desc", limit: ROWS });
  if (rows.length !== ROWS) throw new Error(`The scan found ${rows.length} rows`);
}
