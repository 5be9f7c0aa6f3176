/** The built files over HTTP. What becomes of the folder meanwhile ends nothing: a file that is gone is not found. */
import { readdir, readFile, utimes } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
/** Names of built files have a hash in them: what they hold never changes. */
const HASHED = "/assets/";
const PAGE = "/index.html";
const HOUR_MS = 60 * 60 * 1_000;

export type Files = { send(request: IncomingMessage, response: ServerResponse): Promise<void> };

export async function filesIn(folder: string): Promise<Files> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const names = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => `/${relative(folder, join(parentPath, name))}`),
  );
  keep(folder);
  return {
    send: async ({ url = "/", method }, response) => {
      const { pathname } = new URL(url, "http://dashboard");
      const isPage = !names.has(pathname);
      // A part that is missing must not come as a page.
      if (isPage && (pathname.startsWith(HASHED) || extname(pathname) !== ""))
        return void response.writeHead(404).end("Not found");
      if (method !== "GET" && method !== "HEAD") return void response.writeHead(405).end();
      const name = isPage ? PAGE : pathname;
      const content = await readFile(join(folder, name)).catch(() => null);
      if (content === null) return void response.writeHead(404).end("Not found");
      const isHashed = name.startsWith(HASHED);
      response.writeHead(200, {
        "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
        "Content-Length": content.length,
        "Cache-Control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
      });
      response.end(content);
    },
  };
}

/** Other starts remove what has not been used for a day. */
function keep(folder: string): void {
  const use = () => {
    const now = new Date();
    // Gone, or read-only, where nobody else removes it either.
    utimes(folder, now, now).catch(() => undefined);
  };
  use();
  setInterval(use, HOUR_MS).unref();
}
