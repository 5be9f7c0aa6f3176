/** The fixture project on the embedded runtime, and real clients of it, for one test. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConvexClient, type ConvexClientOptions, ConvexHttpClient } from "convex/browser";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { AuthProvider } from "../../../src/embedded/deploy/types";
import { createRuntime } from "../../../src/embedded/runtime/createRuntime";
import { startServer } from "../../../src/embedded/serve";
import { PROJECT } from "./api";

export const ADMIN_KEY = `clients|${"1".repeat(64)}`;
export const webSocketConstructor = WebSocket as unknown as typeof globalThis.WebSocket;
const logger = false;

export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "embedded-clients-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function startBackend(options: { providers?: readonly AuthProvider[] } = {}) {
  const runtime = await createRuntime({ folder: await dataFolder() });
  const server = await startServer({ runtime, adminKey: ADMIN_KEY, port: 0, sitePort: 0 });
  onTestFinished(async () => {
    await server.close({ graceMs: 100 });
    await runtime.close({ graceMs: 100 });
  });
  await runtime.setEnvironment({ AUTH_PROVIDERS: JSON.stringify(options.providers ?? []) });
  await runtime.deploy(await bundleProject(PROJECT));
  return { ...server, runtime };
}

export function httpClient({ apiUrl }: { apiUrl: string }, auth?: string): ConvexHttpClient {
  return new ConvexHttpClient(apiUrl, { logger, ...(auth === undefined ? {} : { auth }) });
}

/** Options that every client over a socket needs here. */
export const socketOptions = {
  webSocketConstructor,
  logger,
  unsavedChangesWarning: false,
} satisfies ConvexClientOptions;

export function socketClient(
  { apiUrl }: { apiUrl: string },
  options: ConvexClientOptions = {},
): ConvexClient {
  const client = new ConvexClient(apiUrl, { ...socketOptions, ...options });
  onTestFinished(() => client.close());
  return client;
}
