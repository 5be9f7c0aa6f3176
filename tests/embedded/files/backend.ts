/** The conformance project on the embedded runtime with its ports open, for one test, and what tests do with files. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { Push } from "../../../src/embedded/deploy/types";
import { FILES_FOLDER } from "../../../src/embedded/store/files";
import { createAssembly } from "../../../src/embedded/runtime/createRuntime";
import { type RunningServer, startServer } from "../../../src/embedded/serve";
import { temporaryFolder } from "../clients/projectCopy";
import { callsOf } from "./calls";

const PROJECT = "tests/fixtures/projects/conformance";
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

/** The names of all files on the disk of a data folder, whatever their state. */
export function filesOnDisk(data: string): string[] {
  const folder = join(data, FILES_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
