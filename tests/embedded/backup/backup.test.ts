/** Backups made while writers run, and what comes back from them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { readZip, writeZip, type NewEntry } from "../../../src/embedded/archive/zip";
import { openDatabase } from "../../../src/embedded/store/driver";
import { runCommand } from "../../support/command";
import { startEmbedded, type EmbeddedProcess } from "../../support/embeddedProcess";
import { temporaryFolder } from "../clients/projectCopy";

const PROJECT = "tests/fixtures/projects/ledger";
const api = anyApi;
const WRITERS = 6;

async function start(data: string): Promise<EmbeddedProcess> {
  const server = await startEmbedded({ project: PROJECT, data });
  onTestFinished(() => server.kill());
  return server;
}

async function command(...args: string[]) {
  const run = runCommand("src/embedded/main.ts", args);
  const { code } = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

const backup = (data: string, to: string) => command("backup", "--data", data, "--to", to);
const restore = (from: string, data: string) => command("restore", "--from", from, "--data", data);

/** Writers that append one number after the other until told to stop. */
function startWriting({ apiUrl }: { apiUrl: string }, names: readonly string[]) {
  const acknowledged = new Map<string, number>(names.map((name) => [name, 0]));
  let isStopped = false;
  const ended = names.map(async (writer) => {
    const client = new ConvexHttpClient(apiUrl, { logger: false });
    for (let number = 1; !isStopped; number++) {
      await client.mutation(api["entries"]!["append"]!, { writer, number, payload: "x" });
      acknowledged.set(writer, number);
    }
  });
  return {
    acknowledged,
    async stop() {
      isStopped = true;
      await Promise.all(ended);
    },
  };
}

async function numbersOf(client: ConvexHttpClient, writer: string): Promise<number[]> {
  const numbers: number[] = [];
  for (let page: number[]; ;) {
    const args = { writer, after: numbers.at(-1) ?? 0, limit: 1000 };
    page = (await client.query(api["entries"]!["page"]!, args)) as number[];
    numbers.push(...page);
    if (page.length < 1000) return numbers;
  }
}

describe("a backup made while others write", () => {
  test("is what was committed at one moment: nothing half, nothing missing before it", async () => {
    const folder = await temporaryFolder();
    const data = join(folder, "data");
    const server = await start(data);
    const names = Array.from({ length: WRITERS }, (_, index) => `writer${index}`);
    const writing = startWriting(server, names);
    await expect.poll(() => Math.min(...writing.acknowledged.values())).toBeGreaterThan(20);
    const before = new Map(writing.acknowledged);
    const made = await backup(data, join(folder, "backups/one.zip"));
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const after = new Map(writing.acknowledged);
    await writing.stop();
    expect(Math.min(...names.map((name) => after.get(name)! - before.get(name)!))).toBeGreaterThan(
      0,
    );
    await server.kill();

    const copy = join(folder, "copy");
    expect(await restore(join(folder, "backups/one.zip"), copy)).toMatchObject({ code: 0 });
    const restored = await start(copy);
    const client = new ConvexHttpClient(restored.apiUrl, { logger: false });
    const keys: string[] = [];
    for (const name of names) {
      const numbers = await numbersOf(client, name);
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
      expect(numbers.length).toBeGreaterThanOrEqual(before.get(name)!);
      // One more may have been committed than its writer knew.
      expect(numbers.length).toBeLessThanOrEqual(after.get(name)! + 1);
      keys.push(...numbers.map((number) => `${name}:${number}`));
    }
    // Each entry came with the jobs of its own transaction: they have run once, or will.
    const counts = async () =>
      (await client.query(api["jobs"]!["runsOf"]!, { keys: keys.slice(-500) })) as {
        mutations: number;
        actions: number;
      }[];
    await expect
      .poll(async () => (await counts()).map(({ mutations }) => mutations), { timeout: 30_000 })
      .toEqual(keys.slice(-500).map(() => 1));
    for (const { actions } of await counts()) expect(actions).toBeLessThanOrEqual(1);
    await restored.kill();
    expect(await command("check", "--data", copy)).toMatchObject({ code: 0, stderr: "" });
  });

  test("holds no key, is its owner's only, and leaves nothing beside it", async () => {
    const folder = await temporaryFolder();
    const data = join(folder, "data");
    const server = await start(data);
    await mkdir(join(folder, "backups"));
    const to = join(folder, "backups/one.zip");
    expect(await backup(data, to)).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, "backups"))).toEqual(["one.zip"]);
    expect((await stat(to)).mode & 0o777).toBe(0o600);
    await readZip(to, async (entries) => {
      expect(entries.map(({ name }) => name)).toEqual(["backup.json", "data.sqlite"]);
      for (const entry of entries) {
        const pieces: Buffer[] = [];
        for await (const piece of entry.read()) pieces.push(piece);
        expect(Buffer.concat(pieces).includes(server.adminKey.split("|")[1]!)).toBe(false);
      }
    });
    const again = await backup(data, to);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^Error: .*one\.zip exists/);
  });

  test("of a folder without data is refused", async () => {
    const folder = await temporaryFolder();
    const { code, stderr } = await backup(folder, join(folder, "one.zip"));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: There is no data in/)]);
    expect(await readdir(folder)).toEqual([]);
  });
});

/** A stopped server's data and a backup of it. */
async function backedUp() {
  const folder = await temporaryFolder();
  const data = join(folder, "data");
  const server = await start(data);
  const writing = startWriting(server, ["w"]);
  await expect.poll(() => writing.acknowledged.get("w")).toBeGreaterThan(5);
  await writing.stop();
  await server.kill();
  const from = join(folder, "one.zip");
  expect(await backup(data, from)).toMatchObject({ code: 0 });
  return { folder, data, from, copy: join(folder, "copy") };
}

describe("restoring", () => {
  test("never touches data that is there", async () => {
    const { data, from } = await backedUp();
    const content = readFileSync(join(data, "data.sqlite"));
    const { code, stderr } = await restore(from, data);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: .* has data already/)]);
    expect(readFileSync(join(data, "data.sqlite")).equals(content)).toBe(true);
    expect((await readdir(data)).filter((name) => name.startsWith(".restore"))).toEqual([]);
  });

  test("is refused while another process owns the folder", async () => {
    const { from, data } = await backedUp();
    await start(data);
    const { code, stderr } = await restore(from, data);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^Error: .*in use by another process/),
    ]);
  });

  test.each<[string, (path: string) => Promise<void> | void, RegExp]>([
    [
      "cut off",
      async (path) => truncate(path, Math.floor((await stat(path)).size * 0.7)),
      /cannot be restored/,
    ],
    ["with a byte changed", flipByte, /is damaged/],
    ["no archive", (path) => writeFileSync(path, "hello"), /cannot be restored/],
    [
      "another program's archive",
      async (path) => rewrite(path, (entry) => ({ ...entry, name: `x/${entry.name}` })),
      /no backup of this runtime/,
    ],
    [
      "one whose database is damaged",
      async (path) => rewrite(path, breakIndex),
      /entry for revision 999999, which is missing/,
    ],
  ])("refuses a file that is %s, and leaves no data", async (_, damage, message) => {
    const { from, copy } = await backedUp();
    await damage(from);
    const { code, stderr } = await restore(from, copy);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(join(copy, "data.sqlite"))).toBe(false);
    expect((await readdir(copy)).filter((name) => name.startsWith(".restore"))).toEqual([]);
  });
});

function flipByte(path: string): void {
  const content = readFileSync(path);
  const middle = Math.floor(content.length / 2);
  content[middle] = content[middle]! ^ 0xff;
  writeFileSync(path, content);
}

/** Makes the archive anew with each entry changed. */
async function rewrite(
  path: string,
  change: (entry: NewEntry & { bytes: Buffer }) => NewEntry,
): Promise<void> {
  const changed: NewEntry[] = [];
  await readZip(path, async (entries) => {
    for (const entry of entries) {
      const pieces: Buffer[] = [];
      for await (const piece of entry.read()) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      changed.push(change({ name: entry.name, content: [bytes], bytes }));
    }
  });
  await rm(path);
  await writeZip(
    path,
    (async function* () {
      yield* changed;
    })(),
  );
}

function breakIndex(entry: NewEntry & { bytes: Buffer }): NewEntry {
  if (entry.name !== "data.sqlite") return entry;
  const path = join(mkdtempSync(join(tmpdir(), "backup-")), "broken.sqlite");
  writeFileSync(path, entry.bytes);
  const database = openDatabase(path);
  database.exec("PRAGMA journal_mode = DELETE; INSERT INTO entries VALUES (77, x'00', 999999)");
  database.close();
  const broken = readFileSync(path);
  rmSync(dirname(path), { recursive: true });
  return { name: entry.name, content: [broken] };
}
