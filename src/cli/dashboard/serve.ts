/**
 * Serves the dashboard's files on a port of its own: pages that show what a model wrote must not have the origin that
 * files and the API are served from.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { DEFAULT_HOST, listen, urlOf } from "../../embedded/server/ports";
import { filesIn } from "./files";

export type DashboardServer = {
  /** Its origin. */
  url: string;
  /** The address that signs its owner in, again and again while this start runs. Keep it as you keep a password. */
  enterUrl: string;
  /** From here on there is something to show; before, requests are told to come again. */
  show(shown: Shown): void;
  close(): Promise<void>;
};

type Shown = {
  /** The built files. */
  folder: string;
  apiUrl: string;
  siteUrl: string;
  /** Makes the token of a link that signs in. */
  makeLink: () => Promise<string>;
};

const KEY_BYTES = 24;
const ENTER = "/enter";
const DEPLOYMENT = "/deployment.json";

/** @throws PortError */
export async function serveDashboard({ port }: { port: number }): Promise<DashboardServer> {
  const key = randomBytes(KEY_BYTES).toString("base64url");
  let handle: Handle = comeAgain;
  const server = createServer((request, response) => {
    // Whatever somebody sends, it ends their request, and not the start.
    handle(request, response).catch(() => response.destroy());
  });
  await listen(server, { host: DEFAULT_HOST, port, flag: "--dashboard-port" });
  const url = urlOf(server, DEFAULT_HOST);
  return {
    url,
    enterUrl: `${url}${ENTER}?key=${key}`,
    show: (shown) => {
      handle = handlerOf(shown, key);
    },
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function comeAgain(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(503, { "Retry-After": "1" }).end("Starting");
}

function handlerOf(shown: Shown, key: string): Handle {
  const headers = headersOf(shown);
  const files = filesIn(shown.folder);
  // Each request is told.
  files.catch(() => undefined);
  return async (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const address = addressOf(request);
    if (address === null) return void response.writeHead(400).end("No address");
    const { pathname, searchParams } = address;
    if (pathname === ENTER)
      return await enter(response, isSame(searchParams.get("key"), key), shown);
    if (pathname === DEPLOYMENT) return sendDeployment(response, shown);
    await (await files).send(request, response);
  };
}

/** Null for what is none: any page in a browser here may send a request, and none may end the start. */
function addressOf({ url = "/" }: IncomingMessage): URL | null {
  try {
    return new URL(url, "http://dashboard");
  } catch {
    return null;
  }
}

async function enter(
  response: ServerResponse,
  isOwner: boolean,
  { makeLink }: Shown,
): Promise<void> {
  response.setHeader("Cache-Control", "no-store");
  if (!isOwner) {
    response.writeHead(403).end("This address is not the one that the start printed.");
    return;
  }
  try {
    const token = await makeLink();
    response.writeHead(303, { Location: `/open#${token}` }).end();
  } catch (error) {
    // Said to the owner, who has the key; the deployment may be stopping.
    response.writeHead(503).end(`No link could be made: ${String(error)}`);
  }
}

function sendDeployment(response: ServerResponse, { apiUrl, siteUrl }: Shown): void {
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ apiUrl, siteUrl }));
}

/** What the pages may load and whom they may ask: a model's text that slips through gets nothing out. */
function headersOf({ apiUrl, siteUrl }: Shown): Record<string, string> {
  const socketUrl = apiUrl.replace(/^http/, "ws");
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    // Places and widths of menus, tables and charts are styles of elements.
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob: ${apiUrl}`,
    "font-src 'self'",
    `connect-src 'self' ${apiUrl} ${socketUrl} ${siteUrl}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    "Content-Security-Policy": policy,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

function isSame(given: string | null, key: string): boolean {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(key)];
  return a.length === b.length && timingSafeEqual(a, b);
}
