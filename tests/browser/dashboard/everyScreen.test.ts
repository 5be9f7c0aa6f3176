/**
 * Every address of the dashboard, over the demo that a first start makes, in both themes and at both widths.
 * `npm run screenshots` looks at all four combinations, and writes what it sees to files, to be looked at.
 */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import { router } from "../../../src/dashboard/router";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld({ hasDemo: true, isWarned: true });
const folder = process.env["SCREENSHOTS"];
/** Each screen's own tests look at others. */
const ONE = [["phone", "dark"]] as const;
const ALL = [...ONE, ["desk", "light"], ["phone", "light"], ["desk", "dark"]] as const;
const COMBINATIONS = folder === undefined ? ONE : ALL;
/** For all of them one after another, on a busy machine. */
const TIMEOUT_MS = 400_000;

/** Links that sign in show nothing of their own. */
const SHOWN = Object.keys(router.routesByPath).filter((path) => path !== "/open");

/** What may stand for a part of an address: the first that the list of the API has. */
const LISTS: Readonly<Record<string, string>> = {
  sessionId: "sessions",
  runId: "runs",
  agentId: "agents",
  skillId: "skills/mine",
  endpointId: "webhooks",
};

/** Of which the demo has none. */
const ENDPOINT = { url: "https://hooks.example.com/agents", events: ["run.*"] };

beforeAll(async () => {
  const { siteUrl, apiKey } = world().ready;
  const headers = { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" };
  const body = JSON.stringify(ENDPOINT);
  const response = await fetch(`${siteUrl}/api/v1/webhooks`, { method: "POST", headers, body });
  expect(response.status, await response.text()).toBe(201);
});

async function firstOf(list: string): Promise<string> {
  const { siteUrl, apiKey } = world().ready;
  const headers = { Authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${siteUrl}/api/v1/${list}?limit=1`, { headers });
  const { data } = (await response.json()) as { data: { _id: string; id?: string }[] };
  const [first] = data;
  if (first === undefined) throw new Error(`the demo has no ${list}`);
  // Skills stand in addresses by an id of their own.
  return first.id ?? first._id;
}

async function addressOf(path: string): Promise<string> {
  let address = path.replace("$tenant", "demo");
  for (const [param = "", name = ""] of address.matchAll(/\$(\w+)/g)) {
    const list = LISTS[name];
    if (list === undefined) throw new Error(`say in LISTS what may stand for ${param} in ${path}`);
    address = address.replace(param, await firstOf(list));
  }
  return new URL(address, world().ready.dashboardUrl).href;
}

/** "/$tenant/runs/$runId" is "tenant-runs-runId". */
const fileOf = (path: string) => path.slice(1).replaceAll("$", "").replaceAll("/", "-") || "start";

/** Until nothing is loading: neither the screen's code nor what it shows. */
async function settled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await expect
    .poll(() => page.getByRole("status", { name: "Loading" }).filter({ visible: true }).count())
    .toBe(0);
}

type Combination = (typeof ALL)[number];

/** Looks at what is there, and keeps what it sees where that is wanted. */
async function seen(page: Page, name: string, [width, theme]: Combination): Promise<string[]> {
  await settled(page);
  const complaints = await complaintsAbout(page);
  if (folder !== undefined)
    await page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`) });
  return complaints.map((text) => `${name}: ${text}`);
}

test.each(COMBINATIONS)(
  "on a %s, in the %s theme",
  async (...combination) => {
    const [width, theme] = combination;
    const page = await world().owner(WIDTHS[width]);
    const toggle = page.getByRole("button", {
      name: theme === "dark" ? "Dark theme" : "Light theme",
    });
    if (await toggle.isVisible()) await toggle.click();
    const complaints: string[] = [];
    for (const path of SHOWN) {
      await page.goto(await addressOf(path));
      complaints.push(...(await seen(page, fileOf(path), combination)));
    }
    expect(complaints).toEqual([]);
  },
  TIMEOUT_MS,
);

test.each(COMBINATIONS)(
  "to who is not signed in, on a %s, in the %s theme",
  async (...combination) => {
    const [width, theme] = combination;
    const page = await world().stranger(WIDTHS[width]);
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(world().address(""));
    await page.getByLabel("Password").waitFor();
    const complaints = await seen(page, "sign-in", combination);
    const email = `${theme}-${width}@example.com`;
    const invite = api.actions.invitations.create;
    const { token } = await world().doors().action(invite, { email, role: "member" });
    await page.goto(new URL(`/open/invitation#${token}`, world().ready.dashboardUrl).href);
    await page.getByLabel("Your name").waitFor();
    complaints.push(...(await seen(page, "invitation", combination)));
    expect(complaints).toEqual([]);
  },
  TIMEOUT_MS,
);
