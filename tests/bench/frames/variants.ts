/** The dashboard as it is, and with the usual renderer of Markdown in its place: the same origin, other files. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import type { BrowserContext, Route } from "playwright-core";
import { build, type Plugin } from "vite";

const CONFIG = "src/dashboard/vite.config.ts";
const OURS = resolve("src/dashboard/screens/chat/Markdown.tsx");
const PLAIN = resolve("tests/bench/frames/PlainMarkdown.tsx");
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const plainMarkdown: Plugin = {
  name: "plain-markdown",
  enforce: "pre",
  async resolveId(source, importer, options) {
    const found = await this.resolve(source, importer, { ...options, skipSelf: true });
    return found?.id === OURS ? PLAIN : null;
  },
};

const PLUGINS = { ours: [], plain: [plainMarkdown] };

export type Variant = {
  /** From here on the context's pages get this variant's files; what the deployment says of itself, and its policy, stay. */
  serve(context: BrowserContext, origin: string): Promise<void>;
  remove(): Promise<void>;
};

/** The dashboard as it is (`ours`) or with react-markdown (`plain`); both are answered alike, so that only that differs. */
export async function buildVariant(name: keyof typeof PLUGINS): Promise<Variant> {
  const folder = await mkdtemp(join(tmpdir(), "dashboard-variant-"));
  await build({
    configFile: CONFIG,
    plugins: PLUGINS[name],
    build: { outDir: folder, emptyOutDir: true },
    logLevel: "warn",
  });
  const page = await readFile(join(folder, "index.html"), "utf8");
  const fulfill = async (route: Route, headers: Record<string, string>) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/deployment.json" || pathname === "/enter") return await route.continue();
    if (!pathname.startsWith("/assets/") && extname(pathname) === "")
      return await route.fulfill({ body: page, contentType: "text/html", headers });
    const contentType = TYPES[extname(pathname)] ?? "application/octet-stream";
    await route.fulfill({ path: join(folder, pathname), contentType });
  };
  return {
    serve: async (context, origin) => {
      const served = await fetch(origin);
      const policy = served.headers.get("content-security-policy") ?? "";
      const headers = { "Content-Security-Policy": policy };
      await context.route(`${origin}/**`, (route) => fulfill(route, headers));
    },
    remove: async () => await rm(folder, { recursive: true, force: true }),
  };
}
