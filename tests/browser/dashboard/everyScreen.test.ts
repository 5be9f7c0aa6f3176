/**
 * Every address of the dashboard, over the demo that a first start makes, in both themes and at both widths.
 * `npm run screenshots` looks at all four combinations, and writes what it sees to files, to be looked at.
 */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
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
const SKILL = {
  id: "skill_refunds",
  name: "Refunds",
  description: "How refunds are handled.",
  category: "support",
  version: "1.0.0",
  permissions: [],
  skillMd:
    "---\nname: refunds\ndescription: How refunds are handled.\n---\n\nAsk for the number.\n",
};
const ENDPOINT = { url: "https://hooks.example.com/agents", events: ["run.*"] };

beforeAll(async () => {
  const { siteUrl, apiKey } = world().ready;
  const headers = { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" };
  for (const [path, made] of Object.entries({ skills: SKILL, webhooks: ENDPOINT })) {
    const body = JSON.stringify(made);
    const response = await fetch(`${siteUrl}/api/v1/${path}`, { method: "POST", headers, body });
    expect(response.status, await response.text()).toBe(201);
  }
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

test.each(COMBINATIONS)(
  "on a %s, in the %s theme",
  async (width, theme) => {
    const page = await world().owner(WIDTHS[width]);
    const toggle = page.getByRole("button", {
      name: theme === "dark" ? "Dark theme" : "Light theme",
    });
    if (await toggle.isVisible()) await toggle.click();
    const complaints: string[] = [];
    for (const path of SHOWN) {
      await page.goto(await addressOf(path));
      await settled(page);
      complaints.push(...(await complaintsAbout(page)).map((text) => `${path}: ${text}`));
      if (folder === undefined) continue;
      await page.screenshot({ path: join(folder, `${fileOf(path)}-${theme}-${width}.png`) });
    }
    expect(complaints).toEqual([]);
  },
  TIMEOUT_MS,
);
