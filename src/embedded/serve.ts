/** Puts a runtime on the network: the API port with its WebSocket, and the port of HTTP actions. */
import type { Runtime } from "./runtime/types";
import { Authenticator } from "./server/auth/authenticator";
import { serveApi } from "./server/http/api";
import { openPorts, type PortOptions, type Ports } from "./server/ports";
import { StagedPushes } from "./server/http/deploy/stagedPushes";
import { LogStream } from "./server/logs/logStream";
import { serveHttpAction } from "./server/site";
import { SyncServer } from "./server/sync/syncServer";

const DEFAULT_INSTANCE_NAME = "embedded";

export type ServeOptions = {
  runtime: Runtime;
  /** Whoever shows this key may do everything. See `loadAdminKey`. */
  adminKey: string;
  instanceName?: string;
  /** What clients reach the two ports at, where it is not the ports' own addresses. */
  urls?: { apiUrl: string; siteUrl: string };
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

/** @throws PortError */
export async function startServer(options: ServeOptions & PortOptions): Promise<RunningServer> {
  return serveOn(await openPorts(options), options);
}

/** Serves on ports that are open. */
export function serveOn(ports: Ports, options: ServeOptions): RunningServer {
  const { runtime, adminKey, pingAfterSilenceMs } = options;
  const { apiUrl, siteUrl } = ports;
  const reportError = options.reportError ?? ((error: unknown) => console.error(error));
  const authenticator = new Authenticator(runtime, adminKey);
  const sync = new SyncServer({
    runtime,
    identify: authenticator.identify.bind(authenticator),
    reportError,
    ...(pingAfterSilenceMs === undefined ? {} : { pingAfterSilenceMs }),
  });
  const site = { runtime, authenticator, reportError };
  const api = {
    ...site,
    stagedPushes: new StagedPushes(),
    logs: new LogStream(runtime),
    instanceName: options.instanceName ?? DEFAULT_INSTANCE_NAME,
    urls: () => options.urls ?? { apiUrl, siteUrl },
  };
  ports.handle({
    async api(request, response) {
      const path = pathBelowHttp(request.url ?? "/");
      if (path === null) await serveApi(api, request, response);
      else await serveHttpAction({ ...site, path }, request, response);
    },
    site: (request, response) =>
      serveHttpAction({ ...site, path: request.url ?? "/" }, request, response),
    upgrade(request, socket, head) {
      if (SyncServer.serves((request.url ?? "").split("?")[0] ?? "")) {
        sync.handleUpgrade(request, socket, head);
        return;
      }
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    },
  });
  return {
    apiUrl,
    siteUrl,
    close: async ({ graceMs = 5_000 } = {}) => {
      api.logs.close();
      await Promise.all([sync.close(graceMs), ports.close(graceMs)]);
    },
  };
}

/** `/http/x` on the API port is `/x` of the site. */
function pathBelowHttp(target: string): string | null {
  const [, path] = /^\/http(\/.*|\?.*)?$/.exec(target) ?? [];
  if (target !== "/http" && path === undefined) return null;
  return path?.startsWith("/") ? path : `/${path ?? ""}`;
}
