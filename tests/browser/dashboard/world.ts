/** The dashboard as people have it: `npm start` as a process, and tabs of a real Chromium that it signed in. */
import AxeBuilder from "@axe-core/playwright";
import { ConvexHttpClient } from "convex/browser";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Role } from "../../../src/core/permissions";
import { FREE_PORTS, runCommand, type RunningCommand } from "../../support/command";
import { copyOfStarted, parseReady, type Ready } from "../../support/startProcess";
import { startSimulator, type Simulator } from "../../../src/providers/simulator/server";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM } from "../../support/chromium";

/** Of everybody who was invited. */
export const PASSWORD = "a long password of somebody";

export const WIDTHS = { phone: 375, desk: 1280 } as const;
const HEIGHT = 800;
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** `token` is that of a sign-in beside the page's own, to call doors with. */
type Person = { page: Page; email: string; token: string };

type Parts = {
  command: RunningCommand;
  folder: string;
  browser: Browser;
  ready: Ready;
  simulator: Simulator;
};

export class World {
  /** What went wrong in any tab: errors of pages and of the console. */
  readonly problems: string[] = [];

  readonly ready: Ready;
  readonly simulator: Simulator;

  private constructor(private readonly parts: Parts) {
    this.ready = parts.ready;
    this.simulator = parts.simulator;
  }

  /** @param isWarned - By React, of what is wrong in the code; such pages are slower than those that people have. */
  static async open({ hasDemo = false, isWarned = false } = {}): Promise<World> {
    const simulator = await startSimulator({ port: 0 });
    const folder = await mkdtemp(join(tmpdir(), "dashboard-"));
    await copyOfStarted(join(folder, "data"));
    const variables = {
      ANTHROPIC_API_KEY: "test",
      ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
      ...(isWarned && { DASHBOARD_BUILD: "development" }),
    };
    const demo = hasDemo ? [] : ["--no-demo"];
    const flags = ["--json", ...demo, "--data", join(folder, "data"), ...FREE_PORTS];
    const command = runCommand("src/cli/start.ts", flags, variables);
    const ready = parseReady(await command.firstLine());
    const browser = await chromium.launch(CHROMIUM);
    return new World({ command, folder, browser, ready, simulator });
  }

  /** A browser of a person of their own, signed in by the printed link. */
  async owner(width: number = WIDTHS.desk): Promise<Page> {
    const page = await this.stranger(width);
    await page.goto(this.ready.dashboardUrl);
    await page.getByRole("heading", { name: "Home" }).waitFor();
    return page;
  }

  /** The demo tenant's doors, as a program of its administrators calls them. */
  doors(token = this.ready.userToken): ConvexHttpClient {
    return new ConvexHttpClient(this.ready.apiUrl, { auth: token, logger: false });
  }

  /** Somebody who was invited to the demo tenant, has joined, and has signed in at a browser of their own. */
  async person(role: Role, width: number = WIDTHS.desk): Promise<Person> {
    const email = `${role}-${crypto.randomUUID()}@example.com`;
    const invite = api.actions.invitations.create;
    const { token } = await this.doors().action(invite, { email, role });
    const joined = await fetch(`${this.ready.siteUrl}/auth/invitations/accept`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, name: `The ${role}`, password: PASSWORD }),
    });
    const { accessToken } = (await joined.json()) as { accessToken: string };
    const page = await this.stranger(width);
    await page.goto(this.address(""));
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Home" }).waitFor();
    return { page, email, token: accessToken };
  }

  /** A browser that nobody is signed in at. */
  async stranger(width: number = WIDTHS.desk): Promise<Page> {
    const context = await this.parts.browser.newContext({
      viewport: { width, height: HEIGHT },
      reducedMotion: "reduce",
    });
    return await this.tab(context);
  }

  /** One more tab of a browser. */
  async tab(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", ({ message }) => this.problems.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(message.text());
    });
    return page;
  }

  /** The address of a screen of the demo tenant: "agents", or "" for home. */
  address(screen: string): string {
    const path = screen === "" ? "/demo" : `/demo/${screen}`;
    return new URL(path, this.ready.dashboardUrl).href;
  }

  /** What a page was refused, as it should be, is told in its console. All that is there has to be of that kind. */
  refusedAs(kind: RegExp): void {
    const others = this.problems.splice(0).filter((problem) => !kind.test(problem));
    expect(others).toEqual([]);
  }

  async close(): Promise<void> {
    await this.parts.browser.close();
    await this.parts.command.end("SIGTERM");
    await this.simulator.close();
    await rm(this.parts.folder, { recursive: true, force: true });
    expect(this.problems).toEqual([]);
  }
}

/** One for all tests of a file. */
export function useWorld(options?: { hasDemo?: boolean; isWarned?: boolean }): () => World {
  let world: World;
  beforeAll(async () => {
    world = await World.open(options);
  });
  afterAll(async () => await world.close());
  return () => world;
}

/** What WCAG 2.2 AA has against the page, as far as a program sees it; and whether it is wider than the window. */
export async function complaintsAbout(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  const said = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  const isWide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  return isWide ? [...said, "scrolls sideways"] : said;
}
