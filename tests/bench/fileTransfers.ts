/** Uploads and downloads of files, and beside them what a bare server needs for the same bytes. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../support/command";
import { startEmbedded } from "../support/embeddedProcess";
import { callsOf } from "../embedded/files/calls";
import { perSecond, perSecondConcurrent } from "./measure";
import type { Add } from "./measures";

const PROJECT = "tests/fixtures/projects/conformance";
const LARGE_MEGABYTES = 64;
const LARGE_COUNT = 4;
const SMALL_BYTES = 1_000;
const SMALL_COUNT = 300;
const SMALL_AT_ONCE = 16;

type FileServer = {
  /** Sends a file and gives what it is called. */
  send: (content: Uint8Array<ArrayBuffer>) => Promise<string>;
  urlOf: (name: string) => Promise<string> | string;
};
type Rates = { upload: number; download: number; small: number };

export async function measureFileTransfers(add: Add): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-files-"));
  const bareServer = runCommand("tests/bench/fileServer.ts", [folder]);
  const server = await startEmbedded({ project: PROJECT, data: join(folder, "data") });
  try {
    const bareUrl = await bareServer.firstLine();
    const bare = await measure({
      send: async (content) => (await post<{ name: string }>(bareUrl, content)).name,
      urlOf: (name) => `${bareUrl}/${name}`,
    });
    const t = callsOf(server.apiUrl);
    const uploadUrl = (await t.mutation("uploadUrl")) as string;
    const own = await measure({
      send: async (content) => (await post<{ storageId: string }>(uploadUrl, content)).storageId,
      urlOf: async (id) => (await t.query("url", { id })) as string,
    });
    add("bareUpload", bare.upload);
    add("bareDownload", bare.download);
    add("bareSmallUploads", bare.small);
    add("upload", own.upload);
    add("download", own.download);
    add("smallUploads", own.small);
  } finally {
    await Promise.all([server.kill(), bareServer.end("SIGKILL")]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({ send, urlOf }: FileServer): Promise<Rates> {
  const large = randomBytes(LARGE_MEGABYTES * 1_000_000);
  const url = await urlOf(await send(large));
  const uploads = await perSecond(LARGE_COUNT, () => send(large));
  const downloads = await perSecond(LARGE_COUNT, async () => {
    const response = await fetch(url);
    const { byteLength } = await response.arrayBuffer();
    if (byteLength !== large.length) throw new Error(`${byteLength} bytes came back`);
  });
  const content = randomBytes(SMALL_BYTES);
  const width = SMALL_AT_ONCE;
  const small = await perSecondConcurrent({ count: SMALL_COUNT, width }, () => send(content));
  return { upload: uploads * LARGE_MEGABYTES, download: downloads * LARGE_MEGABYTES, small };
}

async function post<T>(url: string, body: Uint8Array<ArrayBuffer>): Promise<T> {
  const response = await fetch(url, { method: "POST", body });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
