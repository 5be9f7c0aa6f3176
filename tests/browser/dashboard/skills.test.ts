/** Skills as an operator has them: found, looked into, installed on terms, updated, taken away; and made oneself. */
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

const SKILL = {
  id: "skill_order_status",
  name: "Order status",
  description: "Says where an order is.",
  category: "data",
  version: "1.0.0",
  permissions: ["network.http.get", "fs.read"],
  configSchema: {
    type: "object",
    properties: {
      pageSize: { type: "integer", title: "Rows of a page", minimum: 1, maximum: 10, default: 5 },
      language: { type: "string", enum: ["en", "de"] },
    },
    required: ["pageSize"],
  },
  http: {
    description: "Reads an order.",
    method: "GET",
    url: "https://api.example.com/v1/orders/{orderId}",
    headers: { Authorization: "Bearer {credential}" },
    inputSchema: {
      type: "object",
      properties: { orderId: { type: "string" } },
      required: ["orderId"],
    },
  },
};

/** As a program of the other company's: it offers what the demo's people find. */
async function publisher(path: string, body: object): Promise<void> {
  const { siteUrl, tenants } = world().ready;
  const response = await fetch(`${siteUrl}/api/v1${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${tenants[1].apiKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status, await response.text()).toBeLessThan(300);
}

beforeAll(async () => {
  await publisher("/skills", SKILL);
  await publisher(`/skills/${SKILL.id}/publish`, {});
});

async function openSkill(page: Page): Promise<void> {
  await page.goto(world().address("skills"));
  await page.getByLabel("Find by words").fill("order stat");
  await page.getByRole("link", { name: SKILL.name }).click();
  await page.getByRole("heading", { name: SKILL.name, level: 1 }).waitFor();
}

/** Convex's client tells the console of each refusal: of these, and of no others. */
function expectRefused(...fields: string[]): void {
  const told = world().problems.splice(0);
  expect(told).toEqual(fields.map((field) => expect.stringContaining(`"field":"${field}`)));
}

const installed = (page: Page) => page.getByRole("row").filter({ hasText: SKILL.name });

test("a skill is installed with what it asks for, or not at all; and set as its publisher has it", async () => {
  const page = await world().owner();
  await openSkill(page);
  await page.getByText("https://api.example.com/v1/orders/{orderId}").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Give it to an agent" }).click();
  const dialog = page.getByRole("dialog");
  const submit = dialog.getByRole("button", { name: "Install" });
  await dialog.getByLabel("network.http.get").check();
  await submit.click();
  await dialog.getByText("lacks what the skill asks for: fs.read").waitFor();
  await dialog.getByLabel("fs.read").check();
  await dialog.getByLabel("Rows of a page (needed)").fill("11");
  await submit.click();
  await dialog.getByText("Config page size").waitFor();
  expect(await dialog.getByLabel("Rows of a page").getAttribute("aria-invalid")).toBe("true");
  expect(await complaintsAbout(page)).toEqual([]);
  await dialog.getByLabel("Rows of a page (needed)").fill("7");
  await dialog.getByLabel("language").selectOption("de");
  await submit.click();
  await installed(page).getByText("in use").waitFor();
  expect(page.url()).toContain("view=installed");
  expectRefused("grantedPermissions", "config.pageSize");
});

test("an update says what is new and what it asks for beyond", async () => {
  const { id: _id, name: _name, description: _description, category: _category, ...rest } = SKILL;
  const next = { ...rest, version: "1.1.0", permissions: ["network.http.get", "mail.send"] };
  await publisher(`/skills/${SKILL.id}/versions`, { ...next, changelog: "Writes to customers." });
  const page = await world().owner();
  await page.goto(world().address("skills?view=installed"));
  await installed(page).getByText("1.1.0 is there").waitFor();
  await installed(page).getByRole("button", { name: "Update" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Writes to customers.").waitFor();
  await dialog.getByText("It no longer asks for fs.read.").waitFor();
  expect(await dialog.getByLabel("network.http.get").count()).toBe(0);
  expect(await dialog.getByLabel("Rows of a page (needed)").inputValue()).toBe("7");
  expect(await complaintsAbout(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Update" }).click();
  await dialog.getByText("lacks what the skill asks for: mail.send").waitFor();
  await dialog.getByLabel("mail.send").check();
  await dialog.getByRole("button", { name: "Update" }).click();
  await dialog.waitFor({ state: "detached" });
  await installed(page).getByText("network.http.get, mail.send").waitFor();
  expectRefused("grantedPermissions");
});

test("its settings, approval and credential are adjusted; it is switched off, and taken away", async () => {
  const page = await world().owner(WIDTHS.phone);
  await page.goto(world().address("skills?view=installed"));
  await installed(page).getByRole("button", { name: "Adjust" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Who lets its calls through").selectOption("always");
  await dialog.getByLabel("At least").selectOption("admin");
  await dialog.getByLabel("Credential").fill("sk-of-the-shop-1234");
  expect(await complaintsAbout(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await installed(page).getByText("of each call, by admin").waitFor();
  await installed(page).getByRole("button", { name: "Adjust" }).click();
  expect(await dialog.getByLabel("Credential").inputValue()).toMatch(/^•+1234$/);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });

  await installed(page).getByRole("button", { name: "Switch off" }).click();
  await installed(page).getByText("switched off").waitFor();
  await installed(page).getByRole("button", { name: "Switch on" }).click();
  await installed(page).getByText("in use").waitFor();
  await installed(page).getByRole("button", { name: "Uninstall" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Uninstall" }).click();
  await page.getByText("It has no skills").waitFor();
  for (const theme of ["Dark theme", "Light theme"]) {
    await page.getByRole("button", { name: theme }).click();
    expect(await complaintsAbout(page)).toEqual([]);
  }
});

test("a skill of one's own is made, given to an agent as a draft, changed, and offered to all", async () => {
  const page = await world().owner();
  await page.goto(world().address("skills?view=own"));
  await page.getByRole("button", { name: "New skill" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Refunds");
  await dialog.getByLabel("Description").fill("How we handle refunds.");
  await dialog.getByLabel("SKILL.md").fill("Just do it.");
  await dialog.getByLabel("Id", { exact: true }).fill("refunds");
  const make = dialog.getByRole("button", { name: "Make it" });
  await make.click();
  await dialog.getByText('must be "skill" and lower-case words').waitFor();
  await dialog.getByLabel("Id", { exact: true }).fill("skill_refunds");
  await make.click();
  await dialog.getByText("must begin with YAML").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  const skillMd = "---\nname: refunds\ndescription: How refunds go.\n---\n\nAsk for the number.\n";
  await dialog.getByLabel("SKILL.md").fill(skillMd);
  await make.click();
  await page.getByRole("heading", { name: "Refunds", level: 1 }).waitFor();
  await page.getByText("draft", { exact: true }).waitFor();
  expectRefused("id", "skillMd");

  await page.getByRole("button", { name: "Give it to an agent" }).click();
  await dialog.getByRole("button", { name: "Install" }).click();
  const row = page.getByRole("row").filter({ hasText: "Refunds" });
  await row.getByText("in use").waitFor();
  await row.getByRole("link", { name: "Refunds" }).click();
  await page.getByRole("button", { name: "New version" }).click();
  expect(await dialog.getByLabel("Version").inputValue()).toBe("1.1.0");
  expect(await dialog.getByLabel("SKILL.md").inputValue()).toContain("Ask for the number.");
  await dialog.getByLabel("What is new in it").fill("Says nothing else.");
  await dialog.getByRole("button", { name: "Add it" }).click();
  await page.getByText("Says nothing else.").waitFor();
  await page.getByRole("button", { name: "Offer it to all" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Offer it" }).click();
  await page.getByRole("button", { name: "Withdraw" }).waitFor();
  await page.goto(world().address("skills"));
  await page.getByRole("link", { name: "Refunds" }).waitFor();
});

test("a member sees skills, and is offered no change of them", async () => {
  const { page } = await world().person("member");
  await openSkill(page);
  expect(await page.getByRole("button", { name: "Give it to an agent" }).count()).toBe(0);
  await page.goto(world().address("skills?view=installed"));
  await page.getByRole("row").filter({ hasText: "Refunds" }).waitFor();
  expect(await page.getByRole("button", { name: "Uninstall" }).count()).toBe(0);
  await page.goto(world().address("skills?view=own"));
  await page.getByRole("link", { name: "Refunds" }).waitFor();
  expect(await page.getByRole("button", { name: "New skill" }).count()).toBe(0);
});
