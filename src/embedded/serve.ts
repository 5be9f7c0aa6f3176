/** Puts a runtime on the network: the API port with its WebSocket, and the port of HTTP actions. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Runtime } from "./runtime/types";
import { Authenticator } from "./server/auth/authenticator";
import { serveApi } from "./server/http/api";
import { serveHttpAction } from "./server/site";
import { SyncServer } from "./server/sync/syncServer";

export const DEFAULT_PORT = 3210;
export const DEFAULT_SITE_PORT = 3211;
const DEFAULT_HOST = "127.0.0.1";
const DEFAULT_INSTANCE_NAME = "embedded";

export type ServeOptions = {
  runtime: Runtime;
  /** Whoever shows this key may do everything. See `loadAdminKey`. */
  adminKey: string;
  host?: string;
  /** 0 takes any free port. */
  port?: number;
  sitePort?: number;
  instanceName?: string;
  pingAfterSilenceMs?: number;
  /** Hears of faults that are not a function's. By default they go to stderr. */
  reportError?: (error: unknown) => void;
};

export type RunningServer = {
  apiUrl: string;
  siteUrl: string;
  /** Takes no more requests, lets running ones end for at most `graceMs`, then closes all connections. */
  close: (options?: { graceMs?: number }) => Promise<void>;
};

/** A port that cannot be had. The message names the option that chooses another. */
export class PortError extends Error {
  override readonly name = "PortError";
}

/** @throws PortError */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { runtime, adminKey, host = DEFAULT_HOST } = options;
  const reportError = options.reportError ?? ((error: unknown) => console.error(error));
  const authenticator = new Authenticator(runtime, adminKey);
  const identify = authenticator.identify.bind(authenticator);
  const { pingAfterSilenceMs } = options;
  const sync = new SyncServer({
    runtime,
    identify,
    reportError,
    ...(pingAfterSilenceMs === undefined ? {} : { pingAfterSilenceMs }),
  });

  const site = { runtime, authenticator, reportError };
  const siteServer = createHttpServer((request, response) =>
    serveHttpAction({ ...site, path: request.url ?? "/" }, request, response),
  );
  const api = {
    ...site,
    instanceName: options.instanceName ?? DEFAULT_INSTANCE_NAME,
    urls: () => ({ apiUrl: urlOf(apiServer, host), siteUrl: urlOf(siteServer, host) }),
  };
  const apiServer = createHttpServer((request, response) => {
    const path = pathBelowHttp(request.url ?? "/");
    return path === null
      ? serveApi(api, request, response)
      : serveHttpAction({ ...site, path }, request, response);
  });
  apiServer.on("upgrade", (request, socket, head) => {
    if (SyncServer.serves((request.url ?? "").split("?")[0] ?? "")) {
      sync.handleUpgrade(request, socket, head);
      return;
    }
    socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });

  try {
    await listen(apiServer, { host, port: options.port ?? DEFAULT_PORT, flag: "--port" });
    await listen(siteServer, {
      host,
      port: options.sitePort ?? DEFAULT_SITE_PORT,
      flag: "--site-port",
    });
  } catch (error) {
    apiServer.close();
    await sync.close(0);
    throw error;
  }
  return {
    apiUrl: urlOf(apiServer, host),
    siteUrl: urlOf(siteServer, host),
    close: async ({ graceMs = 5_000 } = {}) => {
      await Promise.all([
        sync.close(graceMs),
        closeServer(apiServer, graceMs),
        closeServer(siteServer, graceMs),
      ]);
    },
  };
}

/** `/http/x` on the API port is `/x` of the site. */
function pathBelowHttp(target: string): string | null {
  const [, path] = /^\/http(\/.*|\?.*)?$/.exec(target) ?? [];
  if (target !== "/http" && path === undefined) return null;
  return path?.startsWith("/") ? path : `/${path ?? ""}`;
}

function createHttpServer(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  const server = createServer((request, response) => {
    response.on("error", () => {}); // a client that went away; "close" tells those who care
    void serve(request, response);
  });
  // A client that sends its headers or body drop by drop may not hold a connection for ever. A
  // function may take as long as it likes to answer.
  server.headersTimeout = 30_000;
  server.requestTimeout = 5 * 60_000;
  // Longer than proxies keep idle connections, so that they never send into one that we close.
  server.keepAliveTimeout = 75_000;
  return server;
}

async function listen(
  server: Server,
  { host, port, flag }: { host: string; port: number; flag: string },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new PortError(portMessage(error, { host, port, flag })));
    });
    server.listen({ host, port }, resolve);
  });
}

function portMessage(
  error: NodeJS.ErrnoException,
  { host, port, flag }: { host: string; port: number; flag: string },
): string {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} is in use. Stop what uses it, or choose another port with ${flag}.`;
  }
  if (error.code === "EACCES") {
    return `Port ${port} is not allowed for this user. Choose one above 1023 with ${flag}.`;
  }
  return `Port ${port} on ${host} (${flag}) cannot be opened: ${error.message}`;
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  // A connection that is answered now stays open for another request, which we would not take.
  const tidy = setInterval(() => server.closeIdleConnections(), 20);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(tidy);
  clearTimeout(cut);
}
