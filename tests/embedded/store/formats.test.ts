/** Files of formats before: they are brought up to this one, with all that is in them. */
import { DatabaseSync } from "@photostructure/sqlite";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DATA_FILE } from "../../../src/embedded/store/dataFile";
import { openStore } from "../../../src/embedded/store/sqlite";
import { internalId, newFolder, newStore } from "./folders";

const AS_BEFORE = `ALTER TABLE settings RENAME TO now;
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO settings SELECT name, value FROM now;
  DROP TABLE now;`;
const FORMATS = [
  { format: 1, made: `${AS_BEFORE} DROP TABLE recent_keys; PRAGMA user_version = 1;` },
  { format: 2, made: `${AS_BEFORE} PRAGMA user_version = 2;` },
];
const BY_ID = 1;
const row = internalId(1);

test.each(FORMATS)("of format $format", ({ made }) => {
  const folder = newFolder();
  const store = openStore(folder);
  store.begin();
  const puts = [{ indexId: BY_ID, key: row }];
  store.write({ tableId: 1, internalId: row, text: "{}", puts, removes: [] }, 1);
  store.setSetting("short", "text");
  store.setSetting("long", "x".repeat(100_000));
  store.commit(1);
  store.close();
  const database = new DatabaseSync(join(folder, DATA_FILE));
  database.exec(made);
  database.close();

  const again = newStore(folder);
  expect(again.lookup(BY_ID, row)).toMatchObject({ text: "{}" });
  expect(again.getSetting("short")).toBe("text");
  expect(again.getSetting("long")).toHaveLength(100_000);
  again.begin();
  again.setSetting("short", "another");
  again.putBareKey(2, row);
  again.commit(2);
  again.close();
  expect(newStore(folder).getSetting("short")).toBe("another");
});
