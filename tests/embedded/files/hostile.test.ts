/** Clients, and rows, that mean no good: none of them holds anything for long, or reaches another. */
import { createServer, request as httpRequest, type ClientRequest } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openUploadTokens } from "../../../src/embedded/runtime/files/uploadTokens";
import { insertFile } from "../../../src/embedded/runtime/files/fileTable";
import { sendReply } from "../../../src/embedded/server/http/reply";
import { toStoreError } from "../../../src/embedded/store/failures";
import { openFileStore } from "../../../src/embedded/store/files";
import { openStore } from "../../../src/embedded/store/sqlite";
import { temporaryFolder } from "../clients/projectCopy";
import { filesOnDisk, startFiles } from "./backend";

/** Sends headers and some of a body, and leaves it at that. */
function beginUpload(url: string, body: string): ClientRequest {
  const upload = httpRequest(url, { method: "POST", agent: false });
  upload.on("error", () => {});
  upload.write(body);
  return upload;
}

const statusOf = async (upload: ClientRequest) =>
  ((await once(upload, "response")) as [{ statusCode: number }])[0].statusCode;

test("who has no token is told so before a byte of the body is kept", async () => {
  const t = await startFiles();
  const upload = beginUpload(`${t.apiUrl}/api/storage/upload?token=x.y`, "x".repeat(100_000));
  expect(await statusOf(upload)).toBe(401);
  expect(filesOnDisk(t.data)).toEqual([]);
  upload.destroy();
});

test("a body that breaks the rules of HTTP leaves nothing", async () => {
  const t = await startFiles();
  const url = new URL((await t.mutation("uploadUrl")) as string);
  const socket = connect(Number(url.port), url.hostname);
  socket.on("error", () => {});
  socket.write(
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
  );
  await expect.poll(() => filesOnDisk(t.data)).toHaveLength(1);
  socket.write("no chunk\r\n");
  await expect.poll(() => filesOnDisk(t.data)).toEqual([]);
  expect(await t.query("rows")).toEqual([]);
  expect(await t.upload("as ever")).toBeTypeOf("string");
});

test("more uploads at once than there is room for are put off, and the others go on", async () => {
  const t = await startFiles();
  const url = (await t.mutation("uploadUrl")) as string;
  const uploads = Array.from({ length: 256 }, (_, i) => beginUpload(url, `upload ${i}`));
  await expect.poll(() => filesOnDisk(t.data).length).toBe(uploads.length);
  const refused = await fetch(url, { method: "POST", body: "one too many" });
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
    503,
    "TooManyConcurrentRequests",
  ]);

  const finished = uploads.splice(0, 3);
  const statuses = finished.map(statusOf);
  for (const upload of finished) upload.end();
  expect(await Promise.all(statuses)).toEqual([200, 200, 200]);
  for (const upload of uploads) upload.destroy();
  await expect.poll(() => filesOnDisk(t.data).length).toBe(3);
  expect((await fetch(url, { method: "POST", body: "there is room again" })).status).toBe(200);
});

test("a client that takes nothing of a file is cut off", async () => {
  const body = new Readable({ read: () => body.push(Buffer.alloc(65_536)) });
  const server = createServer((_request, response) =>
    sendReply(response, { status: 200, headers: {}, body }, 100),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  socket.pause();
  await expect.poll(() => body.destroyed).toBe(true);
  socket.destroy();
});

test("a token for a component that is not there stores nothing", async () => {
  const data = await temporaryFolder();
  const store = openStore(data);
  const token = openUploadTokens(store).issue("ghost", Date.now());
  store.close();
  const t = await startFiles(data);
  const url = `${t.apiUrl}/api/storage/upload?token=${token}`;
  const response = await fetch(url, { method: "POST", body: "x" });
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
    404,
    "ComponentNotFound",
  ]);
  expect(filesOnDisk(data)).toEqual([]);
});

test("an imported row cannot put headers of its own into a response", async () => {
  const t = await startFiles();
  const put = await openFileStore(t.data).put([Buffer.from("content")]);
  const urlId = crypto.randomUUID();
  const contentType = "text/plain\r\nSet-Cookie: a=b";
  await t.assembly.committer.submit((tx) => ({
    commit: true,
    value: insertFile(tx, "", { ...put, contentType, urlId }),
  }));
  const served = await fetch(`${t.apiUrl}/api/storage/${urlId}`);
  expect([served.status, await served.text()]).toEqual([200, "content"]);
  expect(served.headers.get("content-type")).toBeNull();
  expect(served.headers.get("set-cookie")).toBeNull();
});

test("bytes that are lost are our fault, and are reported as such", async () => {
  const t = await startFiles();
  const id = await t.upload("lost");
  const url = (await t.query("url", { id })) as string;
  rmSync(join(t.data, "files"), { recursive: true });
  expect((await fetch(url)).status).toBe(500);
  expect(t.errors).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(`The bytes of file ${id} .* are missing`),
    }),
  ]);
  await expect(t.action("read", { id })).rejects.toThrow("missing from the disk");
  await expect(t.mutation("readInMutation", { id })).rejects.toThrow("missing");
});

test("a full disk is told from other trouble", () => {
  const failure = (code: string) =>
    toStoreError(Object.assign(new Error(code), { syscall: "write", code }), "/data/files/x");
  expect(failure("ENOSPC")).toMatchObject({ kind: "disk_full" });
  expect(failure("EDQUOT")).toMatchObject({ kind: "disk_full" });
  expect(failure("EIO")).toMatchObject({ kind: "io" });
});
