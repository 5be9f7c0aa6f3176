/** A file that cannot be trusted is refused by name, and left exactly as it is. */
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkFolder } from "../../../src/embedded/store/dataFile";
import { openDatabase } from "../../../src/embedded/store/driver";
import { openStore } from "../../../src/embedded/store/sqlite";
import { internalId, newFolder, newStore, refusal, transact } from "./folders";

const ROWS = 2000;

/** A closed store with some 50 pages of documents. */
function filledFolder(): { folder: string; file: string } {
  const folder = newFolder();
  const store = openStore(folder);
  transact(store, (ts) => {
    for (let n = 0; n < ROWS; n++) {
      const puts = [{ indexId: 1, key: internalId(n) }];
      const text = JSON.stringify({ n, filler: "x".repeat(100) });
      store.write({ tableId: 1, internalId: internalId(n), text, puts, removes: [] }, ts);
    }
  });
  store.close();
  return { folder, file: join(folder, "data.sqlite") };
}

/** Opening is refused with `kind`, names the file, and changes no byte of it or of its log. */
function expectRefused(folder: string, kind: string): string {
  const before = contentOf(folder);
  const refused = refusal(() => openStore(folder));
  expect(refused.kind).toBe(kind);
  expect(refused.message).toContain(join(folder, "data.sqlite"));
  expect(contentOf(folder)).toEqual(before);
  // The refusal has let go of the folder: what is wrong is still the file.
  expect(refusal(() => openStore(folder)).kind).toBe(kind);
  return refused.message;
}

/** An empty log says nothing, and may come and go. */
function contentOf(folder: string): [string, string][] {
  const names = readdirSync(folder).filter((name) => /^data\.sqlite(-wal)?$/.test(name));
  return names
    .map((name): [string, string] => [name, readFileSync(join(folder, name)).toString("base64")])
    .filter(([name, content]) => name === "data.sqlite" || content !== "");
}

/** Runs SQL on a closed store's file, as some other program might. */
function alter(file: string, sql: string): void {
  const database = openDatabase(file);
  database.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE);`);
  database.close();
}

describe("a damaged file", () => {
  test.each([
    ["text", Buffer.from("this is not a database, ".repeat(1000))],
    ["a few bytes", Buffer.from("hm")],
    ["zeros", Buffer.alloc(64 * 1024)],
    ["nothing", Buffer.alloc(0)],
  ])("full of %s", (_, content) => {
    const folder = newFolder();
    writeFileSync(join(folder, "data.sqlite"), content);
    const message = expectRefused(folder, "damaged");
    expect(message).toContain("Restore it from a backup, or move it away to start empty");
  });

  test.each([0.99, 0.9, 0.5, 0.1])("cut off at %d of its size", (part) => {
    const { folder, file } = filledFolder();
    truncateSync(file, Math.floor(statSync(file).size * part));
    expectRefused(folder, "damaged");
  });

  test.each([0, 1, 99, 100, 512, 8191, 8192, 8193, 16_384])("cut off after %d bytes", (size) => {
    const { folder, file } = filledFolder();
    truncateSync(file, size);
    expectRefused(folder, "damaged");
  });

  test.each([0, 1, 2, 5])("with page %d overwritten", (page) => {
    const { folder, file } = filledFolder();
    const content = readFileSync(file);
    content.fill(0xa5, page * 8192, (page + 1) * 8192);
    writeFileSync(file, content);
    expectRefused(folder, "damaged");
  });

  test.each(["revisions", "entries", "clock", "settings"])("without its table %s", (table) => {
    const { folder, file } = filledFolder();
    alter(file, `DROP TABLE ${table}`);
    expect(expectRefused(folder, "damaged")).toContain(`"${table}" is missing or changed`);
  });

  test("whose table has another shape", () => {
    const { folder, file } = filledFolder();
    alter(file, "ALTER TABLE entries RENAME COLUMN seq TO revision");
    expect(expectRefused(folder, "damaged")).toContain('"entries" is missing or changed');
  });

  test("in which an index entry leads nowhere", () => {
    const { folder, file } = filledFolder();
    alter(file, "DELETE FROM revisions WHERE seq = 700");
    expect(expectRefused(folder, "damaged")).toContain("entry for revision 700, which is missing");
  });

  test("in which an index entry leads to a deletion", () => {
    const { folder, file } = filledFolder();
    alter(file, "UPDATE revisions SET text = NULL WHERE seq = 700");
    expect(expectRefused(folder, "damaged")).toContain("entry for revision 700, which is missing");
  });

  test("without its time", () => {
    const { folder, file } = filledFolder();
    alter(file, "DELETE FROM clock");
    expectRefused(folder, "damaged");
  });

  test("that is some other program's database", () => {
    const folder = newFolder();
    alter(join(folder, "data.sqlite"), "CREATE TABLE bookmarks (url)");
    expect(expectRefused(folder, "damaged")).toContain("not a data file of this runtime");
  });

  test("that is gone while its log is still there", () => {
    const { folder, file } = filledFolder();
    writeFileSync(`${file}-wal`, "committed changes");
    rmSync(file);
    expect(refusal(() => openStore(folder)).kind).toBe("damaged");
    expect(readFileSync(`${file}-wal`, "utf8")).toBe("committed changes");
    expect(existsSync(file)).toBe(false);
  });
});

describe("a file too large to be looked at whole", () => {
  /** 200 MiB, most of it free pages. */
  function largeFolder(): { folder: string; file: string } {
    const { folder, file } = filledFolder();
    const filler = "CREATE TABLE filler (bytes)";
    const fill = "INSERT INTO filler SELECT zeroblob(1048576) FROM generate LIMIT 200";
    const generate =
      "WITH RECURSIVE generate(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM generate WHERE n < 200)";
    alter(file, `${filler}; ${generate} ${fill}; DROP TABLE filler`);
    expect(statSync(file).size).toBeGreaterThan(150 * 1024 * 1024);
    return { folder, file };
  }

  test("opens when nothing is wrong with it", () => {
    expect(newStore(largeFolder().folder).count(1)).toBe(ROWS);
  });

  test.each([1, 50, ROWS])("is refused when entry %d of an index leads nowhere", (seq) => {
    const { folder, file } = largeFolder();
    alter(file, `DELETE FROM revisions WHERE seq = ${seq}`);
    expect(expectRefused(folder, "damaged")).toContain(`entry for revision ${seq}, which is`);
  });

  test("is refused by the thorough check wherever the damage is", () => {
    const { folder, file } = largeFolder();
    alter(file, "DELETE FROM revisions WHERE seq = 1000");
    const store = newStore(folder);
    expect(refusal(() => store.lookup(1, internalId(999))).kind).toBe("damaged");
    expect(refusal(() => checkFolder(folder)).message).toContain("entry for revision 1000");
  });
});

test("keys without a document, as those of a text index, are no damage", () => {
  const { folder } = filledFolder();
  const store = openStore(folder);
  transact(store, () => store.putBareKey(2, new Uint8Array([1, 2, 3])));
  store.close();
  expect(newStore(folder).count(1)).toBe(ROWS);
  checkFolder(folder);
});

test("a file of a newer version is refused as that", () => {
  const { folder, file } = filledFolder();
  alter(file, "PRAGMA user_version = 99");
  const message = expectRefused(folder, "newer_version");
  expect(message).toContain("format 99");
  expect(message).toContain("Start the newer version again, or choose another data folder");
});

/** A folder as a killed process leaves it after `sql`: with a log that was not written back. */
function crashedFolder(sql: string): string {
  const { folder, file } = filledFolder();
  const crashed = newFolder();
  const database = openDatabase(file);
  database.exec(sql);
  for (const name of ["data.sqlite", "data.sqlite-wal"]) {
    copyFileSync(join(folder, name), join(crashed, name));
  }
  database.close();
  expect(statSync(join(crashed, "data.sqlite-wal")).size).toBeGreaterThan(0);
  return crashed;
}

describe("a log that was not written back yet", () => {
  test("is kept as it is when the file is damaged", () => {
    const folder = crashedFolder("UPDATE clock SET ts = 5");
    const file = join(folder, "data.sqlite");
    truncateSync(file, Math.floor(statSync(file).size / 2));
    expectRefused(folder, "damaged");
  });

  test("is kept as it is when the file is of a newer version, as the log says", () => {
    expectRefused(crashedFolder("PRAGMA user_version = 99"), "newer_version");
  });

  test("counts when the file is sound", () => {
    const store = newStore(crashedFolder("UPDATE clock SET ts = 5"));
    expect(store.lastTsMicros()).toBe(5);
  });
});

test("a first start that was interrupted is made good by the next", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "data.sqlite.new"), "half a file");
  writeFileSync(join(folder, "data.sqlite.new-journal"), "half a journal");
  const store = newStore(folder);
  transact(store, () => store.setSetting("s", "x"));
  expect(store.getSetting("s")).toBe("x");
});
