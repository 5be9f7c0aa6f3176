/** Files through `ctx.storage`, on convex-test and on the embedded runtime. */
import { createHash } from "node:crypto";
import { anyApi } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, DRIVERS, FILE_DIFFERENCES } from "./drivers";

const fn = (name: string): never => anyApi["files"]![name] as never;
const CONTENT = new Uint8Array([0, 1, 2, 253, 254, 255]).buffer;
const SHA256 = createHash("sha256").update(new Uint8Array(CONTENT)).digest("base64");

describe.each(DRIVERS)("$name", ({ name, open }) => {
  let t: Backend;
  beforeAll(async () => {
    t = await open();
  });
  afterAll(async () => await t.close());

  const store = async (type?: string) => {
    const args = { bytes: CONTENT, ...(type === undefined ? {} : { type }) };
    return (await t.action(fn("store"), args)) as string;
  };
  const row = async (id: string) => (await t.query(fn("row"), { id })) as Record<string, unknown>;
  const outcome = async (call: Promise<unknown>) =>
    await call.then(
      () => "accepted",
      (error: Error) => error.message,
    );

  test("an action stores a blob and reads it back", async () => {
    const id = await store("image/png");
    expect(await t.action(fn("read"), { id })).toStrictEqual({
      type: "image/png",
      size: CONTENT.byteLength,
      bytes: CONTENT,
    });
  });

  test("its row has the digest in base64 and the size", async () => {
    const id = await store();
    const found = await row(id);
    expect(found).toMatchObject({ _id: id, sha256: SHA256, size: CONTENT.byteLength });
    expect(typeof found["_creationTime"]).toBe("number");
    expect(await t.query(fn("rows"))).toContainEqual(found);
  });

  test("a file has a URL until it is deleted", async () => {
    const id = await store();
    expect(await t.query(fn("url"), { id })).toMatch(/^https?:\/\/.+\/api\/storage\/.+$/);
    expect(await t.mutation(fn("remove"), { id })).toBeNull();
    expect(await t.query(fn("url"), { id })).toBeNull();
    expect(await row(id)).toBeNull();
    expect(await t.action(fn("read"), { id })).toBeNull();
  });

  test("a deletion is undone with its mutation", async () => {
    const id = await store();
    await expect(t.mutation(fn("remove"), { id, fail: true })).rejects.toThrow("after all, no");
    expect(await row(id)).toMatchObject({ size: CONTENT.byteLength });
    expect(await t.action(fn("read"), { id })).toMatchObject({ bytes: CONTENT });
  });

  test("a mutation gives a URL to upload to", async () => {
    const url = new URL((await t.mutation(fn("uploadUrl"))) as string);
    expect(url.pathname).toBe("/api/storage/upload");
    expect(url.searchParams.get("token")).not.toBe("");
  });

  test("an HTTP action stores what it gets and gives what is stored", async () => {
    const posted = await t.fetch("/files", { method: "POST", body: "héllo" });
    const { id } = (await posted.json()) as { id: string };
    expect(await (await t.fetch(`/files?id=${id}`)).text()).toBe("héllo");
    await t.mutation(fn("remove"), { id });
    expect((await t.fetch(`/files?id=${id}`)).status).toBe(404);
  });

  test("an HTTP action stores a file of a form", async () => {
    const form = new FormData();
    form.append("file", new File(["in a form"], "name.txt", { type: "text/plain" }));
    const posted = await t.fetch("/forms", { method: "POST", body: form });
    const { id } = (await posted.json()) as { id: string };
    expect(await t.action(fn("read"), { id })).toMatchObject({ type: "text/plain", size: 9 });
  });

  test("an action in Node.js stores and reads", async () => {
    const through = anyApi["nodeFiles"]!["through"] as never;
    const stored = (await t.action(through, { text: "in Node.js" })) as Record<string, string>;
    expect(stored).toMatchObject({ text: "in Node.js", type: "text/plain" });
    expect(await row(stored["id"]!)).toMatchObject({ sha256: stored["sha256"], size: 10 });
  });

  test("a test's own function stores and reads", async () => {
    const id = await t.run(async ({ storage }) => await storage.store(new Blob(["of the test"])));
    expect(await t.action(fn("read"), { id })).toMatchObject({ size: 11 });
    const text = await t.run(async ({ storage }) => await (await storage.get(id))?.text());
    expect(text).toBe("of the test");
  });

  test("the id of something else is not the id of a file", async () => {
    const note = (await t.mutation(anyApi["notes"]!["add"] as never, {
      owner: "files",
      title: "no file",
    })) as string;
    await expect(t.query(fn("url"), { id: note })).rejects.toThrow();
  });

  describe("known differences", () => {
    test(FILE_DIFFERENCES.inMutations, async () => {
      const args = { bytes: CONTENT, type: "image/png" };
      const stored = t.mutation(fn("storeInMutation"), args);
      if (name === "embedded") {
        expect(await stored).toMatchObject({ type: "image/png", bytes: CONTENT });
      } else {
        await expect(stored).rejects.toThrow('does not support async syscall: "1.0/storageStore"');
      }
    });

    test(FILE_DIFFERENCES.contentType, async () => {
      expect(await row(await store("image/png"))).toMatchObject(
        name === "embedded" ? { contentType: "image/png" } : {},
      );
      const isKept = "contentType" in (await row(await store("image/png")));
      expect(isKept).toBe(name === "embedded");
    });

    test(FILE_DIFFERENCES.metadata, async () => {
      const metadata = t.query(fn("metadata"), { id: await store() });
      if (name === "embedded") {
        const sha256 = Buffer.from(SHA256, "base64").toString("hex");
        expect(await metadata).toMatchObject({ sha256, contentType: null });
      } else {
        await expect(metadata).rejects.toThrow("does not support async syscall");
      }
    });

    test(FILE_DIFFERENCES.digests, async () => {
      const sha256 = createHash("sha256").update("something else").digest("base64");
      const stored = await outcome(t.action(fn("store"), { bytes: CONTENT, sha256 }));
      if (name === "embedded") expect(stored).toContain("Sha256 mismatch");
      else expect(stored).toBe("accepted");
    });

    test(FILE_DIFFERENCES.missing, async () => {
      const id = await store();
      await t.mutation(fn("remove"), { id });
      const again = await outcome(t.mutation(fn("remove"), { id }));
      if (name === "embedded") expect(again).toContain(`storage id ${id} not found`);
      else expect(again).toMatch(/Delete on non-existent doc/);
    });
  });
});
