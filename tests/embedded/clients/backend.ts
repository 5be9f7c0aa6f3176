/** The fixture project on the embedded runtime, in this process, for one test. */
import { onTestFinished } from "vitest";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { AuthProvider } from "../../../src/embedded/deploy/types";
import { createRuntime } from "../../../src/embedded/runtime/createRuntime";
import { type RunningServer, startServer } from "../../../src/embedded/serve";
import { PROJECT } from "./api";
import { temporaryFolder } from "./projectCopy";

export const ADMIN_KEY = `clients|${"1".repeat(64)}`;

export async function startBackend(
  options: { providers?: readonly AuthProvider[]; occWindowMs?: number } = {},
) {
  let server: RunningServer | null = null;
  const runtime = await createRuntime({
    folder: await temporaryFolder(),
    ...(options.occWindowMs === undefined ? {} : { occWindowMs: options.occWindowMs }),
    systemEnvironment: () =>
      server === null ? {} : { CONVEX_CLOUD_URL: server.apiUrl, CONVEX_SITE_URL: server.siteUrl },
  });
  server = await startServer({ runtime, adminKey: ADMIN_KEY, port: 0, sitePort: 0 });
  const { apiUrl, siteUrl, close } = server;
  onTestFinished(async () => {
    await close({ graceMs: 100 });
    await runtime.close({ graceMs: 100 });
  });
  await runtime.setEnvironment({ AUTH_PROVIDERS: JSON.stringify(options.providers ?? []) });
  await runtime.deploy(await bundleProject(PROJECT));
  return { apiUrl, siteUrl, runtime };
}
