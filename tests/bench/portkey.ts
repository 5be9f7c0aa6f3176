/**
 * Portkey's open-source gateway, as npm has it (MIT): nobody who works here needs it, so it is installed into a folder
 * of its own, for as long as the benchmark lasts.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = "@portkey-ai/gateway";
const MANIFEST = {
  private: true,
  dependencies: { [PACKAGE]: "1.15.2" },
  // With the newest that its ranges allow, each stream ends in "TypeError: immutable" and 500.
  overrides: { "@hono/node-server": "1.13.7", hono: "4.9.7" },
};
const READY_WITHIN_MS = 20_000;

export type Portkey = {
  baseUrl: string;
  /** What sends a request on to the simulator. */
  headers: Record<string, string>;
  rssBytes(): number;
  close(): Promise<void>;
};

export async function startPortkey(openAiBaseUrl: string, port: number): Promise<Portkey> {
  const folder = mkdtempSync(join(tmpdir(), "bench-portkey-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify(MANIFEST));
  // Its install script has nothing to do: the package comes without patches.
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
  execFileSync("npm", ["install", ...flags], { cwd: folder, stdio: "ignore" });
  const main = join(folder, "node_modules", PACKAGE, "build", "start-server.js");
  const child = spawn(process.execPath, [main, `--port=${port}`, "--headless"], {
    stdio: "ignore",
    env: { ...process.env, NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
  });
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  await untilReady(`http://127.0.0.1:${port}/`);
  return {
    baseUrl,
    headers: { "x-portkey-provider": "openai", "x-portkey-custom-host": openAiBaseUrl },
    rssBytes: () => rssOf(child.pid ?? 0),
    async close() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string): Promise<void> {
  const untilMs = Date.now() + READY_WITHIN_MS;
  while (Date.now() < untilMs) {
    const reply = await fetch(url).catch(() => null);
    if (reply?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Portkey's gateway did not start.");
}

/** As Linux says it, in pages of 4 kB. */
function rssOf(pid: number): number {
  const [, pages = "0"] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
  return Number(pages) * 4_096;
}
