/** The conformance project on the embedded runtime with its ports open, for one test, and what tests do with files. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { onTestFinished } from "vitest";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { Push } from "../../../src/embedded/deploy/types";
import { FILES_FOLDER } from "../../../src/embedded/store/files";
import { createAssembly } from "../../../src/embedded/runtime/createRuntime";
import { type RunningServer, startServer } from "../../../src/embedded/serve";
import { temporaryFolder } from "../clients/projectCopy";

const PROJECT = "tests/fixtures/projects/conformance";
type Args = Record<string, unknown>;
let push: Promise<Push> | undefined;

/** @param folder - A data folder to go on with. */
export async function startFiles(folder?: string) {
  const data = folder ?? (await temporaryFolder());
  let server: RunningServer | null = null;
  const assembly = await createAssembly({
    folder: data,
    systemEnvironment: () =>
      server === null ? {} : { CONVEX_CLOUD_URL: server.apiUrl, CONVEX_SITE_URL: server.siteUrl },
  });
  const { runtime } = assembly;
  const errors: unknown[] = [];
  const reportError = (error: unknown) => void errors.push(error);
  server = await startServer({ runtime, adminKey: "a|b", port: 0, sitePort: 0, reportError });
  const { apiUrl, siteUrl, close } = server;
  let isOpen = true;
  const stop = async () => {
    if (!isOpen) return;
    isOpen = false;
    await close({ graceMs: 100 });
    await runtime.close({ graceMs: 1_000 });
  };
  onTestFinished(stop);
  await runtime.deploy(await (push ??= bundleProject(PROJECT)));
  return { assembly, data, apiUrl, siteUrl, runtime, errors, stop, ...callsOf(apiUrl) };
}

/** Calls of the project's `files` module, and uploads. */
export function callsOf(apiUrl: string) {
  const client = new ConvexHttpClient(apiUrl, { logger: false });
  const caller =
    (kind: "query" | "mutation" | "action") =>
    async (name: string, args: Args = {}): Promise<unknown> => {
      const call = client[kind].bind(client) as (fn: unknown, args: Args) => Promise<unknown>;
      return await call(anyApi["files"]![name], args);
    };
  const mutation = caller("mutation");
  /** Uploads as a browser does, and gives the response. */
  const send = async (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> => {
    const url = (await mutation("uploadUrl")) as string;
    return await fetch(url, { method: "POST", body, headers });
  };
  return {
    query: caller("query"),
    mutation,
    action: caller("action"),
    send,
    /** Uploads and gives the file's id. */
    async upload(...sent: Parameters<typeof send>): Promise<string> {
      const response = await send(...sent);
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      return ((await response.json()) as { storageId: string }).storageId;
    },
  };
}

/** The names of all files on the disk of a data folder, whatever their state. */
export function filesOnDisk(data: string): string[] {
  const folder = join(data, FILES_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
