/**
 * A demo application as its developer has it before their eyes: its functions in the embedded runtime, in a
 * process of its own; its React code bundled and served on localhost; tabs of a real Chromium that show it.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { CHROMIUM } from "../support/chromium";
import { type EmbeddedProcess, startEmbedded } from "../support/embeddedProcess";

const DEMOS = "tests/fixtures/projects/demos";
export const SCREENSHOTS = "test-results/browser";

type Parts = { name: string; folder: string; browser: Browser; files: Server };

export class Demo {
  private readonly errors: string[] = [];

  private constructor(
    private readonly parts: Parts,
    public backend: EmbeddedProcess,
  ) {}

  static async start(name: string, variables: Record<string, string>): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), `demo-${name}-`));
    await cp(join(DEMOS, name), folder, { recursive: true });
    await symlink(resolve("node_modules"), join(folder, "node_modules"));
    const lines = Object.entries(variables).map(([key, value]) => `${key}='${value}'\n`);
    await writeFile(join(folder, ".env.local"), lines.join(""));
    const [backend, browser] = await Promise.all([
      startEmbedded({ project: folder, data: join(folder, "data") }),
      chromium.launch(CHROMIUM),
    ]);
    const files = await serve(folder, backend);
    return new Demo({ name, folder, browser, files }, backend);
  }

  /** A tab of a user of its own: nothing is shared with other tabs but the backend. */
  async open(query = "", prepare?: (page: Page) => Promise<void>): Promise<Page> {
    const page = await (await this.parts.browser.newContext()).newPage();
    page.on("pageerror", ({ message }) => this.errors.push(message));
    await prepare?.(page);
    const { port } = this.parts.files.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/${query}`);
    return page;
  }

  /** Kills the backend, so that nothing gets to clean up. */
  async kill(): Promise<void> {
    await this.backend.kill();
  }

  /** Starts it again over the same data and on the same ports. */
  async startAgain(): Promise<void> {
    this.backend = await startEmbedded({
      project: this.parts.folder,
      data: join(this.parts.folder, "data"),
      port: portOf(this.backend.apiUrl),
      sitePort: portOf(this.backend.siteUrl),
    });
  }

  /** Stops and continues the backend's process: it holds all connections and answers none. */
  pause(): void {
    this.backend.process.kill("SIGSTOP");
  }
  resume(): void {
    this.backend.process.kill("SIGCONT");
  }

  async screenshot(page: Page, title: string): Promise<void> {
    await page.screenshot({ path: join(SCREENSHOTS, `${this.parts.name}-${title}.png`) });
  }

  async close(): Promise<void> {
    this.resume();
    await Promise.all([this.parts.browser.close(), this.backend.kill()]);
    this.parts.files.close();
    await rm(this.parts.folder, { recursive: true, force: true });
    expect(this.errors).toEqual([]);
  }
}

/** Starts the demo before the tests of a file and ends it after them. */
export function useDemo(name: string, variables: () => Record<string, string> = () => ({})) {
  let demo: Demo;
  beforeAll(async () => {
    demo = await Demo.start(name, variables());
  });
  afterAll(async () => await demo.close());
  return () => demo;
}

/** The texts of all elements that match, in their order. */
export async function texts(page: Page, selector: string): Promise<string[]> {
  return (await page.locator(selector).allTextContents()).map((text) => text.trim());
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Bundles the application as Vite does for production, with the backend's addresses in it. */
async function serve(folder: string, { apiUrl, siteUrl }: EmbeddedProcess): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, "src/main.tsx")],
    bundle: true,
    format: "esm",
    jsx: "automatic",
    write: false,
    define: {
      "process.env.NODE_ENV": '"production"',
      "import.meta.env": JSON.stringify({
        VITE_CONVEX_URL: apiUrl,
        VITE_CONVEX_SITE_URL: siteUrl,
      }),
    },
  });
  const files = new Map([
    ["/", { type: "text/html", text: await htmlPage() }],
    ["/main.js", { type: "text/javascript", text: outputFiles[0]?.text ?? "" }],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://localhost").pathname);
    response.writeHead(file === undefined ? 404 : 200, {
      "Content-Type": `${file?.type ?? "text/plain"}; charset=utf-8`,
    });
    response.end(file?.text);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

async function htmlPage(): Promise<string> {
  const style = await readFile(join(DEMOS, "style.css"), "utf8");
  return `<!doctype html><link rel="icon" href="data:,"><style>${style}</style><div id="root"></div><script type="module" src="/main.js"></script>`;
}
