/** `ctx.storage` in mutations, actions and HTTP actions, through real clients: what only this runtime can show. */
import { createHash } from "node:crypto";
import { ConvexClient } from "convex/browser";
import { anyApi, type FunctionReference } from "convex/server";
import { expect, onTestFinished, test } from "vitest";
import { socketOptions } from "../clients/connections";
import { filesOnDisk, startFiles } from "./backend";

const bytes = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");

test("an action stores, reads and deletes; large blobs arrive whole", async () => {
  const t = await startFiles();
  const content = Buffer.alloc(12_000_000, "0123456789").buffer as ArrayBuffer;
  const id = (await t.action("store", { bytes: content, type: "text/csv" })) as string;
  const read = (await t.action("read", { id })) as {
    type: string;
    size: number;
    bytes: ArrayBuffer;
  };
  expect([read.type, read.size]).toEqual(["text/csv", content.byteLength]);
  expect(Buffer.from(read.bytes).equals(Buffer.from(content))).toBe(true);
  const served = await fetch((await t.query("url", { id })) as string);
  expect(Buffer.from(await served.arrayBuffer()).equals(Buffer.from(content))).toBe(true);

  const through = (await t.action("throughAction")) as Record<string, unknown>;
  expect(through).toMatchObject({
    after: null,
    metadata: { size: 14, contentType: "text/plain" },
    url: `${t.apiUrl}/api/storage/${(through["metadata"] as { storageId: string }).storageId}`,
  });
  expect((await fetch(through["url"] as string)).status).toBe(404);
  const sent = await fetch(through["uploadUrl"] as string, { method: "POST", body: "x" });
  expect(sent.status).toBe(200);
});

test("an HTTP action stores its request's body and answers with a file", async () => {
  const t = await startFiles();
  const posted = await fetch(`${t.siteUrl}/files`, {
    method: "POST",
    body: "through an HTTP action",
    headers: { "Content-Type": "text/markdown" },
  });
  const { id } = (await posted.json()) as { id: string };
  expect(await t.query("row", { id })).toMatchObject({ size: 22, contentType: "text/markdown" });
  const got = await fetch(`${t.siteUrl}/files?id=${id}`);
  expect([await got.text(), got.headers.get("content-type")]).toEqual([
    "through an HTTP action",
    "text/markdown",
  ]);
});

test("what an action may not store leaves nothing", async () => {
  const t = await startFiles();
  const store = (args: object) => t.action("store", { bytes: bytes("content"), ...args });
  await expect(store({ sha256: sha256("other") })).rejects.toThrow("Sha256 mismatch. Expected:");
  await expect(store({ sha256: "no digest" })).rejects.toThrow("Invalid argument `sha256`");
  await expect(store({ type: "no type" })).rejects.toThrow(
    'Invalid content type of a file: "no type"',
  );
  await expect(t.action("storeText")).rejects.toThrow("store() expects a Blob.");
  await store({ sha256: sha256("content") });
  await expect.poll(() => filesOnDisk(t.data)).toHaveLength(1);
});

test("a mutation stores and reads what it stored", async () => {
  const t = await startFiles();
  const stored = (await t.mutation("storeInMutation", {
    bytes: bytes("in a mutation"),
    type: "text/plain",
    sha256: sha256("in a mutation"),
  })) as { id: string; type: string; bytes: ArrayBuffer };
  expect(stored).toMatchObject({ type: "text/plain", bytes: bytes("in a mutation") });
  const served = await fetch((await t.query("url", { id: stored.id })) as string);
  expect(await served.text()).toBe("in a mutation");
  expect(await t.mutation("readInMutation", { id: stored.id })).toEqual({
    type: "text/plain",
    text: "in a mutation",
  });
});

test("a mutation that stores and then fails leaves neither row nor bytes", async () => {
  const t = await startFiles();
  const args = { bytes: bytes("never was"), type: "text/plain" };
  await expect(t.mutation("storeInMutation", { ...args, fail: true })).rejects.toThrow(
    "after all, no",
  );
  const wrong = t.mutation("storeInMutation", { ...args, sha256: sha256("other") });
  await expect(wrong).rejects.toThrow("Sha256 mismatch");
  expect(await t.query("rows")).toEqual([]);
  await expect.poll(() => filesOnDisk(t.data)).toEqual([]);

  const { error, id } = (await t.mutation("storeNested", { bytes: bytes("nested") })) as Record<
    string,
    string
  >;
  expect(error).toContain("after all, no");
  expect(await t.query("rows")).toMatchObject([{ _id: id, size: 4 }]);
  await expect.poll(() => filesOnDisk(t.data)).toHaveLength(1);
});

test("a deletion is undone with its mutation", async () => {
  const t = await startFiles();
  const id = await t.upload("stays");
  const url = (await t.query("url", { id })) as string;
  await expect(t.mutation("remove", { id, fail: true })).rejects.toThrow("after all, no");
  expect(await (await fetch(url)).text()).toBe("stays");
  // Another file that is stored and deleted says that what was to be done is done.
  await t.action("throughAction");
  await expect.poll(() => filesOnDisk(t.data)).toHaveLength(1);
  expect(await (await fetch(url)).text()).toBe("stays");
});

test("live queries see a file come and go", async () => {
  const t = await startFiles();
  const client = new ConvexClient(t.apiUrl, socketOptions);
  onTestFinished(() => client.close());
  const id = await t.upload("watched");
  const seen: Record<string, unknown[]> = { url: [], row: [], metadata: [] };
  for (const [name, values] of Object.entries(seen)) {
    const query = anyApi["files"]![name] as unknown as FunctionReference<
      "query",
      "public",
      { id: string }
    >;
    client.onUpdate(query, { id }, (value: unknown) => values.push(value !== null));
  }
  await expect.poll(() => seen).toEqual({ url: [true], row: [true], metadata: [true] });
  await t.mutation("remove", { id });
  await expect
    .poll(() => seen)
    .toEqual({ url: [true, false], row: [true, false], metadata: [true, false] });
});

test("files of a transaction are counted and limited", async () => {
  const t = await startFiles();
  expect(await t.mutation("fileMetrics", { bytes: bytes("12345") })).toEqual([2, 10, 1, 5]);
  const id = await t.upload(new Uint8Array(17 * 1024 * 1024));
  await expect(t.mutation("readInMutation", { id })).rejects.toThrow(
    "Too many bytes of files read",
  );
  const inAction = await fetch(`${t.siteUrl}/files?id=${id}`);
  expect((await inAction.arrayBuffer()).byteLength).toBe(17 * 1024 * 1024);
});

test("rows of files are read by db.system and written by nobody", async () => {
  const t = await startFiles();
  await t.upload("a file");
  await expect(t.mutation("insertRow")).rejects.toThrow(
    "System tables (prefixed with `_`) are read-only.",
  );
  const [row] = (await t.query("rows")) as [Record<string, unknown>];
  expect(Object.keys(row).sort()).toEqual([
    "_creationTime",
    "_id",
    "contentType",
    "sha256",
    "size",
  ]);
});

test("the id in a URL is taken for the file's, as old code has it; anything else is refused", async () => {
  const t = await startFiles();
  const id = await t.upload("x");
  const url = (await t.query("url", { id })) as string;
  const uuid = url.split("/").at(-1)!;
  expect(await t.query("urlOfAny", { id: uuid })).toBe(url);
  expect(await t.query("metadata", { id: uuid })).toMatchObject({ storageId: uuid });
  await expect(t.query("urlOfAny", { id: "nonsense" })).rejects.toThrow(
    'Invalid argument `storageId` for `storage.getUrl`: Invalid storage ID: "nonsense"',
  );
  await expect(t.query("urlOfAny", { id: 5 })).rejects.toThrow("expected a string");
});
