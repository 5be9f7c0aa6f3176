/** A server on free ports for one test; everything it opens is closed after the test. */
import { onTestFinished } from "vitest";
import type { AuthProvider } from "../../../src/embedded/deploy/types";
import { startServer, type RunningServer, type ServeOptions } from "../../../src/embedded/serve";
import { type FakeFunctions, FakeRuntime } from "./fakeRuntime";
import { ADMIN_KEY, RawClient } from "./rawClient";

export type Serving = RunningServer & {
  runtime: FakeRuntime;
  errors: unknown[];
  connect: (options?: Parameters<typeof RawClient.connect>[1]) => Promise<RawClient>;
  open: (options?: Parameters<typeof RawClient.open>[1]) => Promise<RawClient>;
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
};

export async function serve(
  functions: FakeFunctions = {},
  options: Partial<ServeOptions> & {
    providers?: readonly AuthProvider[];
    /** The server to test; a mutant brings its own. */
    start?: typeof startServer;
  } = {},
): Promise<Serving> {
  const { start = startServer } = options;
  const runtime = new FakeRuntime(functions);
  if (options.providers !== undefined) runtime.providers = options.providers;
  const errors: unknown[] = [];
  const server = await start({
    runtime,
    adminKey: ADMIN_KEY,
    port: 0,
    sitePort: 0,
    reportError: (error) => errors.push(error),
    ...options,
  });
  const clients: RawClient[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.close();
    await server.close({ graceMs: 100 });
  });
  const kept = (client: RawClient) => {
    clients.push(client);
    return client;
  };
  return {
    ...server,
    runtime,
    errors,
    connect: async (given) => kept(await RawClient.connect(server.apiUrl, given)),
    open: async (given) => kept(await RawClient.open(server.apiUrl, given)),
    post: (path, body, headers = {}) =>
      fetch(`${server.apiUrl}${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
  };
}
