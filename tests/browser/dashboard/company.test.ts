/** People, keys and the log of what they changed; and what a role is not offered. */
import { ConvexHttpClient } from "convex/browser";
import { expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

test("a key is made, shown once, works, and is revoked", async () => {
  const page = await world().owner();
  await page.goto(world().address("keys"));
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("Give it a name.").waitFor();
  await page.getByLabel("Name").fill("Nightly job");
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Make it" }).click();
  const shown = page.getByRole("dialog", { name: "The new key" });
  const key = (await shown.locator("p.font-mono").textContent()) ?? "";
  const program = new ConvexHttpClient(world().ready.apiUrl, { logger: false });
  expect(await program.query(api.queries.agents.list, { apiKey: key })).toHaveLength(1);
  // Nobody sees it again: no slip closes it.
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 400);
  await page.keyboard.press("Control+k");
  expect(await shown.locator("p.font-mono").textContent()).toBe(key);
  await shown.getByRole("button", { name: "I have it" }).click();
  const opener = page.getByRole("button", { name: "New key" });
  await expect.poll(() => opener.evaluate((one) => one === document.activeElement)).toBe(true);

  const row = page.getByRole("row").filter({ hasText: "Nightly job" });
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await row.getByText("revoked", { exact: true }).waitFor();
  await expect(program.query(api.queries.agents.list, { apiKey: key })).rejects.toThrow();
});

test("somebody is invited, joins by the link, and is not offered what a viewer may not do", async () => {
  const page = await world().owner();
  await page.goto(world().address("members"));
  await page.getByRole("button", { name: "Invite" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("E-mail").fill("vera@example.com");
  await dialog.getByLabel("Role").selectOption("viewer");
  await dialog.getByRole("button", { name: "Invite" }).click();
  const shown = page.getByRole("dialog", { name: "The link to join" });
  const link = (await shown.locator("p.font-mono").textContent()) ?? "";
  await shown.getByRole("button", { name: "I have it" }).click();

  const vera = await world().stranger(WIDTHS.phone);
  await vera.goto(link);
  await vera.getByLabel("Your name").fill("Vera");
  await vera.getByLabel("Password").fill("vera's long password");
  expect(await complaintsAbout(vera)).toEqual([]);
  await vera.getByRole("button", { name: "Join" }).click();
  await vera.getByRole("heading", { name: "Home" }).waitFor();
  expect(vera.url()).toBe(world().address(""));
  await page.getByRole("cell", { name: "Vera", exact: true }).waitFor();

  await vera.getByRole("button", { name: "Screens" }).click();
  await vera.getByRole("link", { name: "Costs" }).waitFor();
  expect(await vera.getByRole("link", { name: "API keys" }).count()).toBe(0);
  await vera.goto(world().address("keys"));
  await vera.getByRole("alert").getByText("Your role does not allow this (keys:read)").waitFor();
  world().refusedAs(/forbidden/);
  await vera.goto(world().address("budgets"));
  await vera.getByRole("heading", { name: "Budgets" }).waitFor();
  expect(await vera.getByRole("button", { name: "New budget" }).count()).toBe(0);
  await vera.goto(world().address("chat"));
  expect(await vera.getByLabel("Message").count()).toBe(0);

  // Another role is asked for first.
  const role = page.getByRole("combobox", { name: "Role of Vera" });
  await role.focus();
  await page.keyboard.press("ArrowUp");
  const asked = page.getByRole("dialog", { name: "Make Vera member?" });
  await asked.getByRole("button", { name: "Leave it" }).click();
  await expect.poll(() => role.evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await role.inputValue()).toBe("viewer");

  // Whoever opens a link that signs in is who it was made for, and nothing of the one before stays.
  const { dashboardUrl } = world().ready;
  await vera.goto(dashboardUrl);
  await vera.getByRole("heading", { name: "Home" }).waitFor();
  await vera.getByRole("button", { name: "Screens" }).click();
  await vera.getByRole("link", { name: "API keys" }).waitFor();
});

test("the log says what was changed, and runs show what they took", async () => {
  const page = await world().owner();
  await page.goto(world().address("activity?table=api_keys"));
  await page.getByRole("cell", { name: "keys.revoke" }).first().waitFor();
  expect(await complaintsAbout(page)).toEqual([]);

  world().simulator.control.reply({ text: "Traced." });
  await page.goto(world().address("chat/new"));
  await page.getByLabel("Message").fill("Trace this");
  await page.keyboard.press("Enter");
  await page.getByText("Traced.").waitFor();
  await page.goto(world().address("runs?state=completed"));
  await page.getByRole("link", { name: "Demo agent" }).first().click();
  await page.getByRole("list", { name: "Steps" }).getByRole("button").first().click();
  await page.getByRole("dialog").getByText("first word after").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
});

test("a table is sorted by its headings, and shows the columns that were chosen", async () => {
  const doors = world().doors();
  const [demo] = await doors.query(api.queries.agents.list, {});
  const { provider, model } = demo!;
  for (const name of ["Clerk 10", "clerk 9", "Auditor"])
    await doors.mutation(api.mutations.agents.create, {
      name,
      provider,
      model,
      systemPrompt: name,
    });
  const page = await world().owner();
  await page.goto(world().address("agents"));
  const names = page.getByRole("row").getByRole("link");
  await expect.poll(() => names.count()).toBe(4);
  const made = await names.allTextContents();
  const heading = page.getByRole("columnheader", { name: "Agent" });
  const seen: (string[] | string | null)[] = [];
  await heading.getByRole("button").focus();
  for (const key of ["Enter", "Space", "Enter"]) {
    await page.keyboard.press(key);
    seen.push(await heading.getAttribute("aria-sort"), await names.allTextContents());
    expect(await complaintsAbout(page)).toEqual([]);
  }
  const sorted = ["Auditor", "clerk 9", "Clerk 10", "Demo agent"];
  expect(seen).toEqual(["ascending", sorted, "descending", sorted.toReversed(), "none", made]);

  const choose = page.getByRole("button", { name: "Columns" });
  await choose.focus();
  await page.keyboard.press("Enter");
  const offered = page.getByRole("menuitemcheckbox", { name: "Model" });
  await offered.press("Space");
  expect(await offered.getAttribute("aria-checked")).toBe("false");
  expect(await complaintsAbout(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect.poll(() => choose.evaluate((one) => one === document.activeElement)).toBe(true);
  await page.reload();
  await heading.waitFor();
  expect(await page.getByRole("columnheader", { name: "Model" }).count()).toBe(0);
  await choose.click();
  await offered.click();
  await page.keyboard.press("Escape");
  await page.getByRole("columnheader", { name: "Model" }).waitFor();
});
