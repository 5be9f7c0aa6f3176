/** The internet, as far as tests need one: a server that stands for every https host, and remembers who was asked what. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export type OutsideRequest = {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
};
type Page = (request: OutsideRequest, response: ServerResponse) => void;

export type Outside = {
  /** All that went out, to whomever. */
  requests: OutsideRequest[];
  /** What a host says; hosts that nobody speaks for answer 404. */
  serve(host: string, page: Page): void;
  reset(): void;
  close(): Promise<void>;
};

const PRELOAD = fileURLToPath(new URL("./outsideFetch.cjs", import.meta.url));

/** From here on, until it is closed, nothing of this process or its threads reaches a real https host. */
export async function openOutside(): Promise<Outside> {
  const requests: OutsideRequest[] = [];
  const pages = new Map<string, Page>();
  const server = createServer((request, response) => {
    const url = new URL(String(request.headers["x-outside-url"]));
    const { method = "GET", headers } = request;
    void text(request).then((body) => {
      const asked = { method, url, headers, body };
      requests.push(asked);
      const page = pages.get(url.hostname) ?? ((_asked, answer) => answer.writeHead(404).end());
      page(asked, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const before = process.env["NODE_OPTIONS"];
  process.env["OUTSIDE_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Threads that start from here on load it; this one now.
  process.env["NODE_OPTIONS"] = [before, `--require ${JSON.stringify(PRELOAD)}`].join(" ").trim();
  createRequire(import.meta.url)(PRELOAD);
  return {
    requests,
    serve: (host, page) => void pages.set(host, page),
    reset() {
      requests.length = 0;
      pages.clear();
    },
    async close() {
      delete process.env["OUTSIDE_URL"];
      if (before === undefined) delete process.env["NODE_OPTIONS"];
      else process.env["NODE_OPTIONS"] = before;
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A page that says this. */
export function saying(body: string, contentType = "text/plain"): Page {
  return (_asked, response) => response.writeHead(200, { "content-type": contentType }).end(body);
}
