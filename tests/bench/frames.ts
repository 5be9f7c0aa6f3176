/**
 * `npm run bench:frames`: what the main thread of a real Chromium does while a long reply is written into a long
 * conversation, beside the same dashboard with the usual renderer of Markdown, round by round.
 *
 *     npm run bench:frames -- --rounds 3 --docs
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { createClient } from "../../src/client/rest";
import { startSimulator } from "../../src/providers/simulator/server";
import { CHROMIUM } from "../support/chromium";
import { FREE_PORTS, runCommand } from "../support/command";
import { END, REPLY_MARKDOWN } from "./frames/reply";
import { CATEGORIES, mainThreadOf } from "./frames/trace";
import { buildVariant, type Variant } from "./frames/variants";
import { quantile } from "./measure";
import { type Measure, Report } from "./report";
import { writeResults } from "./results";
import { openTurnClient, type TurnClient } from "./turnClients";

const DOCS_FILE = "docs/dashboard.md";
/** A question and a reply each. */
const TURNS_BEFORE = 250;
const MS_PER_PIECE = 4;
/** Of a reply's stream, and of what the runtime needs beside it. */
const REPLY_TIMEOUT_MS = 120_000;
/** Seldom enough to cost nothing beside the rest. */
const LOOK_MS = 500;
const FRAME_MS = 16;
const SHOWN_WITHIN_MS = 60_000;

const MEASURES = {
  p95: { title: "frame of the dashboard, p95", unit: "ms", aim: { atMost: FRAME_MS } },
  p99: { title: "frame of the dashboard, p99", unit: "ms" },
  longest: { title: "its longest", unit: "ms" },
  cpuP95: { title: "CPU of a frame, p95", unit: "ms", versus: { plain: "plainCpuP95" } },
  cpu: {
    title: "CPU of the main thread for the whole reply",
    unit: "ms",
    versus: { plain: "plainCpu" },
  },
  plainP95: { title: "with react-markdown: frame, p95", unit: "ms" },
  plainLongest: { title: "with react-markdown: its longest", unit: "ms" },
  plainCpuP95: { title: "with react-markdown: CPU of a frame, p95", unit: "ms" },
  plainCpu: { title: "with react-markdown: CPU of the main thread", unit: "ms" },
} as const satisfies Record<string, Measure>;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    docs: { type: "boolean", default: false },
  },
});

type Ready = {
  apiUrl: string;
  siteUrl: string;
  userToken: string;
  apiKey: string;
  agentId: string;
  dashboardUrl: string;
};

const startedAt = new Date();
const loadBefore = loadavg()[0] ?? 0;
const report = new Report(MEASURES, { plain: "× react-markdown" });
const simulator = await startSimulator({ tokensPerSecond: Infinity, firstTokenMs: 0 });
const folder = mkdtempSync(join(tmpdir(), "bench-frames-"));
const command = runCommand(
  "src/cli/start.ts",
  ["--json", "--no-demo", "--data", join(folder, "data"), ...FREE_PORTS],
  { ANTHROPIC_API_KEY: "bench", ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl },
);
const variants = { ours: await buildVariant("ours"), plain: await buildVariant("plain") };
const browser = await chromium.launch({
  ...CHROMIUM,
  // A page that a test answers has no address, and those without one may not ask this machine's servers.
  args: [...CHROMIUM.args, "--disable-features=LocalNetworkAccessChecks"],
});
try {
  const ready = JSON.parse(await command.firstLine()) as Ready;
  await allowLongReplies(ready);
  const client = openTurnClient({ ...ready, token: ready.userToken });
  for (let round = 1; round <= Number(values.rounds); round++) {
    const ours = await measured(ready, await longSession(client), variants.ours);
    report.add("p95", quantile(ours.framesMs, 0.95));
    report.add("p99", quantile(ours.framesMs, 0.99));
    report.add("longest", Math.max(...ours.framesMs));
    report.add("cpuP95", quantile(ours.framesCpuMs, 0.95));
    report.add("cpu", ours.cpuMs);
    const others = await measured(ready, await longSession(client), variants.plain);
    report.add("plainP95", quantile(others.framesMs, 0.95));
    report.add("plainLongest", Math.max(...others.framesMs));
    report.add("plainCpuP95", quantile(others.framesCpuMs, 0.95));
    report.add("plainCpu", others.cpuMs);
    console.error(`Round ${round} of ${values.rounds}: ${ours.framesMs.length} frames.`);
  }
  await client.close();
} finally {
  await browser.close();
  await command.end("SIGTERM");
  await simulator.close();
  await Promise.all([variants.ours.remove(), variants.plain.remove()]);
  rmSync(folder, { recursive: true, force: true });
}
const { figures, file } = writeResults(report, {
  name: "frames-",
  startedAt,
  loadBefore,
  rounds: Number(values.rounds),
  docs: values.docs ? DOCS_FILE : null,
});
console.log(`${figures}\n\nWritten to ${file}.md and .json`);

async function allowLongReplies({ siteUrl, apiKey, agentId }: Ready): Promise<void> {
  const rest = createClient({ url: siteUrl, apiKey });
  const params = { path: { agentId } };
  const { error } = await rest.PATCH("/agents/{agentId}", { params, body: { maxTokens: 20_000 } });
  if (error !== undefined) throw new Error(error.detail);
}

async function longSession(client: TurnClient): Promise<string> {
  const { sessionId } = await client.turn();
  for (let turn = 1; turn < TURNS_BEFORE; turn++) await client.turn(sessionId);
  return sessionId;
}

/** A window of its own, all of a new session loaded, then a reply from its first piece to its last. */
async function measured({ dashboardUrl }: Ready, sessionId: string, variant: Variant) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const { origin } = new URL(dashboardUrl);
  const page = await context.newPage();
  await page.goto(dashboardUrl);
  await page.getByRole("heading", { name: "Home" }).waitFor();
  // Nothing that the page still loads is asked of the other files.
  await page.goto("about:blank");
  await variant.serve(context, origin);
  await page.goto(`${origin}/demo/chat/${sessionId}`);
  await showAll(page);
  simulator.control.reply({ text: REPLY_MARKDOWN });
  simulator.control.fault({ fault: { kind: "slow", msPerPiece: MS_PER_PIECE } });
  await page.getByLabel("Message").fill("Write a long answer");
  await tracing(browser, page);
  await page.keyboard.press("Enter");
  await page.waitForFunction(isToldTo, END, { polling: LOOK_MS, timeout: REPLY_TIMEOUT_MS });
  const trace = await browser.stopTracing();
  await context.close();
  return mainThreadOf(trace);
}

async function tracing(of: Browser, page: Page): Promise<void> {
  await of.startTracing(page, { categories: CATEGORIES });
}

/** Looks at the newest message only: a locator would read all of them, again and again, and be what is measured. */
function isToldTo(end: string): boolean {
  const newest = document.querySelector('[role="log"]')?.lastElementChild?.lastElementChild;
  return newest?.textContent.includes(end) ?? false;
}

/** Older messages come page by page, when the beginning of those that are there is in sight. */
async function showAll(page: Page): Promise<void> {
  await page.getByRole("article").first().waitFor();
  const older = page.getByText("Loading what was said before");
  const frame = page.getByRole("region", { name: "What was said" });
  const untilMs = Date.now() + SHOWN_WITHIN_MS;
  while ((await older.count()) > 0) {
    if (Date.now() > untilMs)
      throw new Error(
        `only ${await page.getByRole("article").count()} were shown, scrolled ${await frame.evaluate((one) => `${one.scrollTop} of ${one.scrollHeight}`)}`,
      );
    await frame.evaluate((one) => one.scrollTo(0, 0));
    await page.waitForTimeout(20);
  }
  await frame.evaluate((one) => one.scrollTo(0, one.scrollHeight));
}
