/** Downloads by URL: ranges, HEAD, and what is not there. */
import { randomBytes, randomUUID } from "node:crypto";
import { get } from "node:http";
import { expect, test } from "vitest";
import { filesOnDisk, startFiles } from "./backend";

const CONTENT = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251));

async function served() {
  const t = await startFiles();
  const id = await t.upload(CONTENT, { "Content-Type": "audio/ogg" });
  const url = (await t.query("url", { id })) as string;
  const part = async (range: string, method = "GET") => {
    const response = await fetch(url, { method, headers: { Range: range } });
    const body = Buffer.from(await response.arrayBuffer());
    return {
      status: response.status,
      range: response.headers.get("content-range"),
      body,
      response,
    };
  };
  return { ...t, id, url, part };
}

test.each([
  ["bytes=0-0", 0, 0],
  ["bytes=10-19", 10, 19],
  ["bytes=990-", 990, 999],
  ["bytes=0-", 0, 999],
  ["bytes=990-5000", 990, 999],
  ["bytes=-10", 990, 999],
  ["bytes=-5000", 0, 999],
])("%s gives exactly these bytes", async (header, start, end) => {
  const { part } = await served();
  const { status, range, body, response } = await part(header);
  expect([status, range]).toEqual([206, `bytes ${start}-${end}/1000`]);
  expect(body.equals(CONTENT.subarray(start, end + 1))).toBe(true);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "accept-ranges": "bytes",
    "content-length": String(end - start + 1),
    "content-type": "audio/ogg",
  });
  // It is the digest of the whole file, which these bytes are not.
  expect(response.headers.get("digest")).toBeNull();
});

test("ranges outside of the file, several ranges and nonsense are refused", async () => {
  const { part } = await served();
  const refused = ["bytes=1000-", "bytes=5-4", "bytes=-0", "bytes=0-1,5-6", "bytes=x", "bytes="];
  for (const header of refused) {
    const { status, range, body } = await part(header);
    expect([header, status, range, body.length]).toEqual([header, 416, "bytes */1000", 0]);
  }
  expect((await part("lines=1-2")).status).toBe(200);
});

test("HEAD tells the same without the bytes", async () => {
  const { url, part } = await served();
  const head = await fetch(url, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
    200,
    "1000",
    "",
  ]);
  const { status, range, body } = await part("bytes=0-9", "HEAD");
  expect([status, range, body.length]).toEqual([206, "bytes 0-9/1000", 0]);
});

test("what is not there, and what is no URL of a file", async () => {
  const { apiUrl, url } = await served();
  const fetched = async (path: string) => {
    const response = await fetch(`${apiUrl}/api/storage/${path}`);
    return [response.status, await response.json()] as [number, { code: string; message: string }];
  };
  const missing = randomUUID();
  expect(await fetched(missing)).toEqual([
    404,
    { code: "FileNotFound", message: `File ${missing} not found` },
  ]);
  const urlId = url.split("/").at(-1)!;
  expect((await fetched(`${urlId}?component=other`))[0]).toBe(404);
  expect((await fetched(urlId.toUpperCase()).catch(() => [200]))[0]).toBe(200);
  for (const path of ["x", "", `${urlId}/x`, "..%2f..%2fadmin_key", "%00"]) {
    const [status, { code }] = await fetched(path);
    expect([path, status, code]).toEqual([path, 400, "InvalidStoragePath"]);
  }
});

test("a deleted file's URL stops at once, and its bytes leave the disk", async () => {
  const { id, url, data, mutation, query } = await served();
  expect(await mutation("remove", { id })).toBeNull();
  expect((await fetch(url)).status).toBe(404);
  expect(await query("url", { id })).toBeNull();
  expect(await query("row", { id })).toBeNull();
  expect(await query("metadata", { id })).toBeNull();
  await expect.poll(() => filesOnDisk(data)).toEqual([]);
  await expect(mutation("remove", { id })).rejects.toThrow(`storage id ${id} not found`);
});

test("a download that runs while the file is deleted ends well", async () => {
  const t = await startFiles();
  const content = randomBytes(30_000_000);
  const id = await t.upload(content);
  const url = (await t.query("url", { id })) as string;
  const pieces: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    get(url, (response) => {
      response.once("data", (first: Buffer) => {
        pieces.push(first);
        response.pause();
        void t.mutation("remove", { id }).then(async () => {
          await expect.poll(() => filesOnDisk(t.data)).toEqual([]);
          response.on("data", (piece: Buffer) => pieces.push(piece));
          response.on("end", resolve);
          response.resume();
        }, reject);
      });
      response.on("error", reject);
    }).on("error", reject);
  });
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
});

test("a client that goes away in the middle harms nobody", async () => {
  const t = await startFiles();
  const id = await t.upload(randomBytes(20_000_000));
  const url = (await t.query("url", { id })) as string;
  for (let i = 0; i < 5; i++) {
    await new Promise<void>((resolve) => {
      const download = get(url, (response) => {
        response.once("data", () => download.destroy());
        response.once("close", resolve);
        response.on("error", () => {});
      });
      download.on("error", () => {});
    });
  }
  expect((await fetch(url)).status).toBe(200);
  expect(t.errors).toEqual([]);
});
