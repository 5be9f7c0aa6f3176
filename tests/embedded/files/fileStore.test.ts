/** The bytes of files on the disk: put, keep, read, remove, and what a failure leaves. */
import { createHash } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { type FileStore, openFileStore } from "../../../src/embedded/store/files";
import { temporaryFolder } from "../clients/projectCopy";

async function openIn(folder?: string) {
  const data = folder ?? (await temporaryFolder());
  const names = (path: string) =>
    readdirSync(join(data, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  return { data, files: openFileStore(data), names };
}

const bytesOf = async (files: FileStore, key: string, range?: { start: number; end: number }) => {
  const stream = await files.read(key, range);
  return stream && (await buffer(stream));
};

async function* pieces(...all: (string | Error)[]) {
  for (const piece of all) {
    await Promise.resolve();
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece);
  }
}

test("what was put is there, measured and hashed, before it is kept and after", async () => {
  const { files } = await openIn();
  const put = await files.put(pieces("one ", "", "two ", "three"));
  const content = Buffer.from("one two three");
  expect(put).toMatchObject({
    sizeBytes: content.length,
    sha256: createHash("sha256").update(content).digest(),
  });
  expect(await bytesOf(files, put.key)).toEqual(content);
  expect(await files.incoming()).toEqual([put.key]);

  await files.keep(put.key);
  await files.keep(put.key);
  expect(await files.incoming()).toEqual([]);
  expect(await bytesOf(files, put.key)).toEqual(content);
  expect(await bytesOf(files, put.key, { start: 4, end: 6 })).toEqual(Buffer.from("two"));
  expect(Buffer.from(files.readSync(put.key)!)).toEqual(content);
});

test("a function that cannot wait puts the same", async () => {
  const { files } = await openIn();
  const content = Buffer.from("at once");
  const put = files.putSync(content);
  const waited = await files.put([content]);
  expect(put).toEqual({ ...waited, key: put.key });
  expect(files.readSync(put.key)).toEqual(content);
  expect(files.putSync(new Uint8Array(0)).sizeBytes).toBe(0);
});

test("content that ends with an error leaves nothing, and the error is the caller's own", async () => {
  const { files, names } = await openIn();
  const error = new Error("the client went away");
  await expect(files.put(pieces("half", error))).rejects.toBe(error);
  expect(names("files")).toEqual([]);
});

test("a folder that cannot be written to is named", async () => {
  const { data, files } = await openIn();
  rmSync(join(data, "files/incoming"), { recursive: true });
  const refusal = { kind: "io", message: expect.stringContaining(join(data, "files/incoming")) };
  await expect(files.put([])).rejects.toMatchObject(refusal);
  expect(() => files.putSync(Buffer.from("x"))).toThrow(expect.objectContaining(refusal));
});

test("a removed file is gone, wherever it was; removing it again is no error", async () => {
  const { files, names } = await openIn();
  const kept = await files.put(pieces("kept"));
  await files.keep(kept.key);
  const incoming = await files.put(pieces("incoming"));
  for (const { key } of [kept, incoming, kept]) await files.remove(key);
  expect(names("files")).toEqual([]);
  expect(await files.read(kept.key)).toBeNull();
  expect(files.readSync(kept.key)).toBeNull();
});

test("who reads a file that is removed meanwhile reads it to its end", async () => {
  const { files } = await openIn();
  const content = Buffer.alloc(3_000_000, "abc");
  const { key } = await files.put([content]);
  await files.keep(key);
  const stream = (await files.read(key))!;
  await files.remove(key);
  expect(await files.read(key)).toBeNull();
  expect((await buffer(stream)).equals(content)).toBe(true);
});

test("the list has all kept files and no others, also after a restart", async () => {
  const { data, files } = await openIn();
  const puts = await Promise.all(Array.from({ length: 20 }, (_, i) => files.put(pieces(`${i}`))));
  const keys = puts.map(({ key }) => key);
  await Promise.all(keys.slice(5).map((key) => files.keep(key)));
  const reopened = openFileStore(data);
  const listed: string[] = [];
  for await (const batch of reopened.list()) listed.push(...batch);
  expect(listed.sort()).toEqual(keys.slice(5).sort());
  expect((await reopened.incoming()).sort()).toEqual(keys.slice(0, 5).sort());
});

test("files are their owner's only", async () => {
  const { data, files } = await openIn();
  const { key } = await files.put(pieces("secret"));
  expect(statSync(join(data, "files/incoming", key)).mode & 0o777).toBe(0o600);
  expect(statSync(join(data, "files")).mode & 0o777).toBe(0o700);
});
