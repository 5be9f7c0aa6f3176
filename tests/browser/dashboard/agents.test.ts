/** An agent from its first minute on: made, tried out beside its form, changed, compared with what it was, restored. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

/** Opens an agent by its name. */
async function open(page: Page, name: string): Promise<void> {
  await page.goto(world().address("agents"));
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { name, exact: true }).waitFor();
}

const view = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Of this agent" }).getByRole("button", { name });
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true });
const aside = (page: Page) => page.getByRole("complementary", { name: "Try it" });

/** What the model was last told before the conversation. */
function lastSystem(): string {
  return (world().simulator.requests.at(-1) as { system?: string } | undefined)?.system ?? "";
}

test("home says what a new company does first, notices that it was done, and is told to be quiet", async () => {
  const page = await world().owner();
  const stepsOf = (one: Page) =>
    one.locator("section").filter({ has: one.getByRole("heading", { name: "First steps" }) });
  const steps = stepsOf(page);
  const open = (one: Page) => stepsOf(one).getByRole("link", { name: "Say something to it" });
  await steps.getByText("Done: Make an agent").waitFor();
  await open(page).waitFor();
  const { page: other } = await world().person("operator", WIDTHS.phone);
  await open(other).waitFor();
  // What an operator may not do is none of their steps.
  expect(await stepsOf(other).getByText("Set a budget").count()).toBe(0);
  expect(await complaintsAbout(other)).toEqual([]);
  await stepsOf(other).getByRole("button", { name: "Put the first steps away" }).click();
  await other.reload();
  await other.getByText("No agent is at work").waitFor();
  expect(await stepsOf(other).count()).toBe(0);

  await open(page).waitFor();
  await other.goto(world().address("chat/new"));
  await other.getByLabel("Message").fill("Hello");
  await other.keyboard.press("Enter");
  await steps.waitFor({ state: "detached" });
});

test("an agent is made, tried beside its form, changed, compared and restored", async () => {
  const page = await world().owner();
  await page.goto(world().address("agents"));
  await page.getByRole("link", { name: "New agent" }).click();
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("Give it a name.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Poet");
  await page.getByRole("button", { name: "Writer" }).click();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("heading", { name: "Poet", exact: true }).waitFor();

  world().simulator.control.reply({ text: "Roses are red." });
  await aside(page).getByLabel("Message").fill("A poem");
  await page.keyboard.press("Enter");
  await aside(page).getByText("Roses are red.").waitFor();
  await aside(page).getByText("open in chat").waitFor();
  expect(lastSystem()).toContain("You write texts for us.");
  await expect.poll(() => aside(page).textContent()).toMatch(/\$0\.0/);

  await page.getByLabel("Instructions").fill("You write poems.\nRhyme.");
  await aside(page).getByText("your changes are not in it yet").waitFor();
  await view(page, "Prompt").click();
  await page.getByText("as you have changed it and not saved yet").waitFor();
  await page.getByText("You write poems.").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await view(page, "Settings").click();
  await save(page).click();
  await page.getByText("All is saved").waitFor();
  await aside(page).getByText("Answers as version 2").waitFor();
  await aside(page).getByLabel("Message").fill("Another");
  await page.keyboard.press("Enter");
  await expect.poll(lastSystem).toContain("You write poems.");

  await view(page, "Versions").click();
  await page.getByRole("button", { name: /^Version 2/ }).click();
  const changed = page.getByRole("region", { name: "What changed" });
  await changed.getByText("Rhyme.").waitFor();
  await changed.getByText("You write texts for us.").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: /^Version 1/ }).click();
  await page.getByRole("button", { name: "Restore version 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  await page.getByText("as version 1").waitFor();
  await view(page, "Settings").click();
  expect(await page.getByLabel("Instructions").inputValue()).toContain("You write texts for us.");
});

test("what the deployment refuses stands beside its field, and what is not saved is not lost unasked", async () => {
  const page = await world().owner();
  await open(page, "Demo agent");
  await page.getByText("How it answers").click();
  await page.getByLabel("Temperature").fill("3");
  await page.getByText("How it answers").click();
  await page.getByText("Limits", { exact: true }).click();
  await page.getByLabel("USD for one message").fill("0.50");
  await save(page).click();
  const field = page.getByLabel("Temperature");
  await page.getByText("must be from 0 to 2").waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await complaintsAbout(page)).toEqual([]);

  await page.getByRole("link", { name: "Budgets" }).click();
  const asked = page.getByRole("dialog", { name: "Leave without saving?" });
  await asked.getByRole("button", { name: "Stay here" }).click();
  expect(await field.inputValue()).toBe("3");
  await field.fill("");
  await page.getByText("Tools", { exact: true }).click();
  await page.getByLabel("Read from the web").check();
  await save(page).click();
  await page.getByText("Name at least one host.").waitFor();
  await page.getByLabel("Read from the web: hosts, one a line").fill("localhost");
  await save(page).click();
  await page.getByText("is no name of a public host").waitFor();
  await page.getByLabel("Read from the web: hosts, one a line").fill("api.example.com");
  await save(page).click();
  await page.getByText("All is saved").waitFor();
  await page.reload();
  await page.getByText("Limits", { exact: true }).click();
  expect(await page.getByLabel("USD for one message").inputValue()).toBe("0.5");
  await page.getByRole("link", { name: "Budgets" }).click();
  await page.getByRole("heading", { name: "Budgets" }).waitFor();
  // Convex's client tells the console of each refusal.
  expect(world().problems.splice(0)).toEqual([
    expect.stringContaining("temperature"),
    expect.stringContaining("localhost"),
  ]);
});

test("another's change is shown at once, but not over what is being written", async () => {
  const [first, second] = [await world().owner(), await world().owner()];
  await open(first, "Demo agent");
  await open(second, "Demo agent");
  await first.getByLabel("Name", { exact: true }).fill("Demo agent one");
  await save(first).click();
  await second.getByRole("heading", { name: "Demo agent one" }).waitFor();
  expect(await second.getByLabel("Name", { exact: true }).inputValue()).toBe("Demo agent one");

  await second.getByLabel("Instructions").fill("Written meanwhile.");
  await first.getByLabel("Name", { exact: true }).fill("Demo agent");
  await save(first).click();
  await second.getByText("Somebody saved another version meanwhile").waitFor();
  expect(await second.getByLabel("Instructions").inputValue()).toBe("Written meanwhile.");
  await save(second).click();
  await second.getByText("All is saved").waitFor();
  const name = second.getByLabel("Name", { exact: true });
  await expect.poll(() => name.inputValue()).toBe("Demo agent");
  await expect.poll(() => first.getByLabel("Instructions").inputValue()).toBe("Written meanwhile.");
});

test("agents are paused, duplicated, archived and brought back; on a phone, in both themes", async () => {
  const page = await world().owner(WIDTHS.phone);
  await page.goto(world().address("agents"));
  const row = page.getByRole("row").filter({ hasText: "Demo agent" });
  await row.getByRole("button", { name: "Pause" }).click();
  await row.getByText("paused").waitFor();
  await row.getByRole("button", { name: "Resume" }).click();
  await row.getByRole("button", { name: "Duplicate" }).click();
  await page.getByRole("heading", { name: "Demo agent (copy)" }).waitFor();
  for (const theme of ["Dark theme", "Light theme"]) {
    await page.getByRole("button", { name: theme }).click();
    expect(await complaintsAbout(page)).toEqual([]);
  }
  await view(page, "Try it").click();
  await aside(page).getByLabel("Message").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Archive" }).click();
  await aside(page).getByText("It is archived").waitFor();
  await page.goto(world().address("agents?status=archived"));
  const archived = page.getByRole("row").filter({ hasText: "(copy)" });
  await archived.getByRole("button", { name: "Bring back" }).click();
  await page.getByText("No agent is archived").waitFor();
});

test("a member reads it and tries it, and is offered no change", async () => {
  const { page } = await world().person("member");
  await open(page, "Demo agent");
  await page.getByText("Your role may read this, and not change it.").waitFor();
  expect(await page.getByLabel("Instructions").isDisabled()).toBe(true);
  for (const name of ["Save", "Archive", "Pause", "Duplicate"]) {
    expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
  }
  world().simulator.control.reply({ text: "Hello, member." });
  await aside(page).getByLabel("Message").fill("Hello");
  await page.keyboard.press("Enter");
  await aside(page).getByText("Hello, member.").waitFor();
  await view(page, "Versions").click();
  await page.getByRole("button", { name: /^Version 1/ }).click();
  expect(await page.getByRole("button", { name: /^Restore/ }).count()).toBe(0);
  await page.goto(world().address("agents/new"));
  await page.getByText("Your role makes no agents").waitFor();
});
