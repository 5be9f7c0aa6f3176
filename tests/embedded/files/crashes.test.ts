/** Restarts and crashes: every acknowledged file is there, and nothing is on the disk that no row names. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, renameSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openFileStore } from "../../../src/embedded/store/files";
import { temporaryFolder } from "../clients/projectCopy";
import { startEmbedded } from "../../support/embeddedProcess";
import { filesOnDisk, startFiles } from "./backend";
import { callsOf } from "./calls";

const PROJECT = "tests/fixtures/projects/conformance";
const ROUNDS = 3;
const WRITERS = 4;
/** Of all writers together; the kill comes somewhere in the midst of the next ones. */
const ACKNOWLEDGED_BEFORE_KILL = 24;

test("files outlive a restart, with their URLs' ids and tokens", async () => {
  const first = await startFiles();
  const id = await first.upload("kept", { "Content-Type": "text/plain" });
  const { pathname } = new URL((await first.query("url", { id })) as string);
  const { search } = new URL((await first.mutation("uploadUrl")) as string);
  await first.stop();

  const second = await startFiles(first.data);
  expect(await second.query("url", { id })).toBe(second.apiUrl + pathname);
  expect(await (await fetch(second.apiUrl + pathname)).text()).toBe("kept");
  const uploaded = await fetch(`${second.apiUrl}/api/storage/upload${search}`, {
    method: "POST",
    body: "by a token of before",
  });
  expect(uploaded.status).toBe(200);
});

test("what a crash may have left is settled at the start", async () => {
  const first = await startFiles();
  const ids = [await first.upload("one"), await first.upload("two")];
  await expect.poll(() => openFileStore(first.data).incoming()).toEqual([]);
  await first.stop();

  // Committed, but not moved to its place; stored, but never committed; and deleted, but not removed.
  const files = openFileStore(first.data);
  const [key = ""] = filesOnDisk(first.data);
  const folder = join(first.data, "files");
  renameSync(join(folder, key.slice(0, 2), key), join(folder, "incoming", key));
  await files.put([Buffer.from("never committed")]);
  const deleted = await files.put([Buffer.from("deleted")]);
  await files.keep(deleted.key);
  mkdirSync(join(folder, "incoming", "not ours"));
  expect(filesOnDisk(first.data)).toHaveLength(4);

  const second = await startFiles(first.data);
  expect(await openFileStore(first.data).incoming()).toEqual([]);
  await expect.poll(() => filesOnDisk(first.data)).toHaveLength(2);
  const contents = ids.map(async (id) => {
    const response = await fetch((await second.query("url", { id })) as string);
    return await response.text();
  });
  expect(await Promise.all(contents)).toEqual(["one", "two"]);
});

type Written = { id: string; sha256: string };

/** Uploads and deletes until the server is gone; gives what stands and what is deleted by its own word. */
async function writeUntilKilled(apiUrl: string, onAcknowledged: () => void) {
  const t = callsOf(apiUrl);
  const stored: Written[] = [];
  const deleted: Written[] = [];
  try {
    for (let n = 0; ; n++) {
      const content = randomBytes(1 + Math.floor(Math.random() * 300_000));
      const id = await t.upload(content);
      stored.push({ id, sha256: createHash("sha256").update(content).digest("base64") });
      onAcknowledged();
      if (n % 3 !== 2) continue;
      const [victim] = stored.splice(0, 1);
      // Without an answer it may be deleted or not: then nothing is claimed of it.
      await t.mutation("remove", { id: victim!.id });
      deleted.push(victim!);
    }
  } catch {
    return { stored, deleted };
  }
}

test(`after kill -9 in the midst of uploads and deletions, rows and disk agree`, async () => {
  const data = await temporaryFolder();
  const start = () => startEmbedded({ project: PROJECT, data });
  const all: Awaited<ReturnType<typeof writeUntilKilled>> = { stored: [], deleted: [] };
  let server = await start();
  onTestFinished(() => void server.process.kill("SIGKILL"));

  for (let round = 0; round < ROUNDS; round++) {
    const { apiUrl } = server;
    let acknowledged = 0;
    // One upload that never ends, so that the kill surely cuts one.
    const url = (await callsOf(apiUrl).mutation("uploadUrl")) as string;
    const endless = httpRequest(url, { method: "POST" });
    endless.on("error", () => {});
    endless.write(randomBytes(100_000));
    const writers = Array.from({ length: WRITERS }, () =>
      writeUntilKilled(apiUrl, () => {
        acknowledged++;
        if (acknowledged === ACKNOWLEDGED_BEFORE_KILL) server.process.kill("SIGKILL");
      }),
    );
    for (const { stored, deleted } of await Promise.all(writers)) {
      all.stored.push(...stored);
      all.deleted.push(...deleted);
    }
    server = await start();
  }

  const t = callsOf(server.apiUrl);
  const rows = (await t.query("rows")) as { _id: string; sha256: string }[];
  await expect.poll(() => filesOnDisk(data).length).toBe(rows.length);
  const present = new Map(rows.map((row) => [row._id, row.sha256]));
  expect(all.stored.length).toBeGreaterThan(ROUNDS * 10);
  for (const { id, sha256 } of all.stored) expect(present.get(id)).toBe(sha256);
  for (const { id } of all.deleted) expect(present.has(id)).toBe(false);
  for (const { _id: id, sha256 } of rows) {
    const served = await fetch((await t.query("url", { id })) as string);
    const content = Buffer.from(await served.arrayBuffer());
    expect(createHash("sha256").update(content).digest("base64")).toBe(sha256);
  }
});
