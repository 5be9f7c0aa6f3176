/** Uploads by URL: what is stored, what is refused, and that nothing is left of what was cut off. */
import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { expect, test, vi } from "vitest";
import { filesOnDisk, startFiles } from "./backend";

const sha256 = (content: Uint8Array | string) => createHash("sha256").update(content);
const PNG = Buffer.from("iVBORw0KGgo=", "base64");

test("a browser uploads a file, and everyone who has its URL gets it", async () => {
  const t = await startFiles();
  const response = await t.send(PNG, { "Content-Type": "image/png", Origin: "https://app.test" });
  expect(response.status).toBe(200);
  const { storageId } = (await response.json()) as { storageId: string };

  expect(await t.query("row", { id: storageId })).toMatchObject({
    _id: storageId,
    contentType: "image/png",
    sha256: sha256(PNG).digest("base64"),
    size: PNG.length,
  });
  const url = (await t.query("url", { id: storageId })) as string;
  expect(url).toMatch(new RegExp(`^${t.apiUrl}/api/storage/[0-9a-f-]{36}$`));
  expect(await t.query("metadata", { id: storageId })).toEqual({
    storageId: url.split("/").at(-1),
    sha256: sha256(PNG).digest("hex"),
    size: PNG.length,
    contentType: "image/png",
  });

  const served = await fetch(url, { headers: { Origin: "https://other.test" } });
  expect(served.status).toBe(200);
  expect(Buffer.from(await served.arrayBuffer())).toEqual(PNG);
  expect(Object.fromEntries(served.headers)).toMatchObject({
    "accept-ranges": "bytes",
    "access-control-allow-origin": "https://other.test",
    "cache-control": "private, max-age=2592000",
    "content-length": String(PNG.length),
    "content-type": "image/png",
    digest: `sha-256=${sha256(PNG).digest("base64")}`,
    "x-content-type-options": "nosniff",
  });
});

test("a large file goes through in pieces, byte for byte", async () => {
  const t = await startFiles();
  const content = randomBytes(24_000_000);
  const id = await t.upload(content, { "Content-Type": "video/mp4" });
  const url = (await t.query("url", { id })) as string;
  const served = Buffer.from(await (await fetch(url)).arrayBuffer());
  expect(served.equals(content)).toBe(true);
  expect(await t.query("row", { id })).toMatchObject({
    size: content.length,
    sha256: sha256(content).digest("base64"),
  });
});

test("an empty file and a file of no type are files, too", async () => {
  const t = await startFiles();
  const id = await t.upload(new Uint8Array(0));
  expect(await t.query("row", { id })).toMatchObject({ size: 0, contentType: null });
  const served = await fetch((await t.query("url", { id })) as string);
  expect([served.status, await served.text()]).toEqual([200, ""]);
  expect(served.headers.get("content-type")).toBeNull();
});

test("each upload is a file of its own, also by the same URL", async () => {
  const t = await startFiles();
  const url = (await t.mutation("uploadUrl")) as string;
  const send = async () =>
    (await (await fetch(url, { method: "POST", body: "same" })).json()) as object;
  expect(await send()).not.toEqual(await send());
  expect(await t.query("rows")).toHaveLength(2);
});

test("a digest that is right passes; another one leaves neither row nor bytes", async () => {
  const t = await startFiles();
  const digest = (content: string) => ({ Digest: `sha-256=${sha256(content).digest("base64")}` });
  await t.upload("good", digest("good"));

  const bad = await t.send("bad", digest("good"));
  expect([bad.status, await bad.json()]).toEqual([
    400,
    {
      code: "Sha256Mismatch",
      message: `Sha256 mismatch. Expected: ${sha256("good").digest("base64")} Actual: ${sha256("bad").digest("base64")}`,
    },
  ]);
  expect(await t.query("rows")).toHaveLength(1);
  await expect.poll(() => filesOnDisk(t.data)).toHaveLength(1);
});

test.each([
  ["digest", "md5=abc"],
  ["digest", "sha-256=short"],
  ["digest", `sha-256=${"!".repeat(44)}`],
  ["content-type", "no type"],
  ["content-type", "text/html, image/png"],
  ["content-type", `text/${"x".repeat(2_000)}`],
])("a %s header of %s is refused before the body is read", async (name, value) => {
  const t = await startFiles();
  const response = await t.send("x", { [name]: value });
  expect([response.status, await response.json()]).toEqual([
    400,
    { code: "BadHeader", message: `Bad header for ${name}: invalid HTTP header` },
  ]);
  expect(filesOnDisk(t.data)).toEqual([]);
});

test("a token is good for an hour, and only as it was given", async () => {
  const t = await startFiles();
  const url = (await t.mutation("uploadUrl")) as string;
  const token = new URL(url).searchParams.get("token")!;
  const post = async (path: string) => {
    const response = await fetch(`${t.apiUrl}/api/storage/upload${path}`, {
      method: "POST",
      body: "x",
    });
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await post("")).toEqual([400, "BadQueryArgs"]);
  const [content = "", seal = ""] = token.split(".");
  const other = Buffer.from(JSON.stringify(["other", Date.now()])).toString("base64url");
  for (const forged of ["", "x", ".", content, `${content}.`, `${other}.${seal}`, `${token}x`]) {
    expect(await post(`?token=${forged}`), forged).toEqual([401, "StorageTokenInvalid"]);
  }
  expect(await post(`?token=${encodeURIComponent("ü".repeat(1_000))}`)).toEqual([
    401,
    "StorageTokenInvalid",
  ]);

  const now = vi.spyOn(Date, "now");
  const issuedMs = Date.now();
  now.mockReturnValue(issuedMs + 3_590_000);
  expect((await fetch(url, { method: "POST", body: "in time" })).status).toBe(200);
  now.mockReturnValue(issuedMs + 3_600_001);
  expect(await post(`?token=${token}`)).toEqual([401, "StorageTokenExpired"]);
  now.mockRestore();
  expect(await t.query("rows")).toHaveLength(1);
});

test("an upload that is cut off leaves nothing", async () => {
  const t = await startFiles();
  const url = (await t.mutation("uploadUrl")) as string;
  const upload = httpRequest(url, { method: "POST", headers: { "Content-Length": 1_000_000 } });
  upload.on("error", () => {});
  upload.write(randomBytes(200_000));
  await expect.poll(() => filesOnDisk(t.data)).toHaveLength(1);
  upload.destroy();
  await expect.poll(() => filesOnDisk(t.data)).toEqual([]);
  expect(await t.query("rows")).toEqual([]);
  expect(t.errors).toEqual([]);
});

test("other methods are told which one is meant", async () => {
  const t = await startFiles();
  const url = (await t.mutation("uploadUrl")) as string;
  expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(405);
  expect((await fetch(url)).status).toBe(405);
  const preflight = await fetch(url, {
    method: "OPTIONS",
    headers: { Origin: "https://app.test", "Access-Control-Request-Headers": "content-type" },
  });
  expect(preflight.status).toBe(200);
  expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type");
});
