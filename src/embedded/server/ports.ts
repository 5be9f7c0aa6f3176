/** The two ports, opened before there is anything to serve, so that their addresses are known by then. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { Gate } from "./gate";

export const DEFAULT_PORT = 3210;
export const DEFAULT_SITE_PORT = 3211;
export const DEFAULT_HOST = "127.0.0.1";

export type PortOptions = {
  /** Only this machine can reach the default. */
  host?: string;
  /** 0 takes any free port. */
  port?: number;
  sitePort?: number;
};

/** What the ports do with the requests that come in. */
export type Handlers = {
  api(request: IncomingMessage, response: ServerResponse): Promise<void>;
  site(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
};

export type Ports = {
  apiUrl: string;
  siteUrl: string;
  /** From here on requests are handled; before, they are told that the server is starting. */
  handle(handlers: Handlers): void;
  /** Takes no more requests, lets running ones end for at most `graceMs`, then closes all connections. */
  close(graceMs: number): Promise<void>;
};

/** A port that cannot be had. The message names the option that chooses another. */
export class PortError extends Error {
  override readonly name = "PortError";
}

/** @throws PortError */
export async function openPorts(options: PortOptions = {}): Promise<Ports> {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, sitePort = DEFAULT_SITE_PORT } = options;
  const gate = new Gate();
  let handlers: Handlers | null = null;
  const serverFor = (which: "api" | "site") =>
    createHttpServer((request, response) => {
      if (gate.admit(request, response)) void handlers?.[which](request, response);
    });
  const api = serverFor("api");
  const site = serverFor("site");
  api.on("upgrade", (request, socket, head) => {
    if (gate.admitUpgrade(socket)) handlers?.upgrade(request, socket, head);
  });

  await listen(api, { host, port, flag: "--port" });
  try {
    await listen(site, { host, port: sitePort, flag: "--site-port" });
  } catch (error) {
    api.close();
    throw error;
  }
  return {
    apiUrl: urlOf(api, host),
    siteUrl: urlOf(site, host),
    handle(given) {
      handlers = given;
      gate.open();
    },
    async close(graceMs) {
      await Promise.race([gate.drain(), delay(graceMs)]);
      await Promise.all([closeServer(api), closeServer(site)]);
    },
  };
}

function createHttpServer(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = createServer((request, response) => {
    response.on("error", () => {}); // a client that went away; "close" tells those who care
    serve(request, response);
  });
  // A client that sends its headers or body drop by drop may not hold a connection for ever. A
  // function may take as long as it likes to answer.
  server.headersTimeout = 30_000;
  server.requestTimeout = 5 * 60_000;
  // Longer than proxies keep idle connections, so that they never send into one that we close.
  server.keepAliveTimeout = 75_000;
  return server;
}

/** @throws PortError - Its message names `flag`, the option that chooses another port. */
export async function listen(
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
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} is in use. Stop what uses it, or choose another port with ${flag}.`;
    case "EACCES":
      return `Port ${port} is not allowed for this user. Choose one above 1023 with ${flag}.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine. Give one of its own with --host.`;
    case undefined:
    default:
      return `Port ${port} on ${host} (${flag}) cannot be opened: ${error.message}`;
  }
}

/** The address of a server that listens. */
export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** Whatever is still connected has had its time. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
