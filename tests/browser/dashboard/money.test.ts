/** Money as an administrator watches it: a budget is set, bounds an agent, is raised, and the sums lead to each call. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { parseUsd } from "../../../src/core/money";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

/** "In all $0.07" */
function picosOf(text: string): bigint {
  const pico = parseUsd(text.split("$")[1] ?? "");
  if (pico === null) throw new Error(`"${text}" is no amount`);
  return pico;
}

async function say(page: Page, text: string): Promise<void> {
  await page.goto(world().address("chat/new"));
  await page.getByLabel("Message").fill(text);
  await page.keyboard.press("Enter");
  await page.getByRole("article", { name: "You" }).getByText(text).waitFor();
}

test("a budget refuses what does not fit, says why, and lets it through once more is granted", async () => {
  const page = await world().owner();
  await page.goto(world().address("budgets"));
  await page.getByRole("button", { name: "New budget" }).click();
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("Give it a name.").waitFor();
  await page.getByLabel("Name").fill("Small change");
  await page.getByLabel("Whose spending").selectOption({ label: "An agent's" });
  await page.getByLabel("Which one").selectOption({ label: "Demo agent" });
  await page.getByLabel("Limit in USD").fill("0.000001");
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("heading", { name: "Small change" }).waitFor();

  await say(page, "Does it fit?");
  const refusal = page.getByRole("article").locator("p").filter({ hasText: "Small change" });
  await expect.poll(() => refusal.textContent()).toMatch(/spent and .* held .* whole again at \d/);
  await refusal.getByRole("link", { name: "See the budget" }).click();

  const card = page.getByRole("listitem").filter({ hasText: "Small change" }).first();
  await card.waitFor();
  await expect.poll(() => card.evaluate((it) => it === document.activeElement)).toBe(true);
  await page.getByRole("cell", { name: "refused" }).first().waitFor();
  await card.getByRole("button", { name: "Grant more, once" }).click();
  await page.getByLabel("More USD").fill("5");
  await page.getByLabel("Why").fill("Month's end");
  await page.getByRole("button", { name: "Grant", exact: true }).click();
  await card.getByText("with $5.00 on top").waitFor();

  world().simulator.control.reply({ text: "Now it fits." });
  await say(page, "And now?");
  await page.getByText("Now it fits.").waitFor();
});

test("of all budgets that count a call, it is told which binds, and what the plan keeps", async () => {
  const page = await world().owner(WIDTHS.phone);
  await page.goto(world().address("budgets"));
  const plan = page.getByRole("listitem").filter({ hasText: "The plan's tokens" });
  await plan.getByText("Managed").waitFor();
  expect(await plan.getByRole("button", { name: "Grant more" }).count()).toBe(0);
  await page.getByRole("combobox", { name: "Agent" }).selectOption({ label: "Demo agent" });
  const found = page.getByRole("list", { name: "Budgets that count the call" });
  await found.getByRole("listitem").filter({ hasText: "Small change" }).waitFor();
  const binding = found.getByRole("listitem").filter({ hasText: "Binds" });
  expect(await binding.count()).toBe(1);
  expect(page.url()).toMatch(/agent=/);
  await page.reload();
  await binding.waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
});

const OTHER = "Another one, by its name";

test("a budget of a model sends what does not fit to a cheaper one", async () => {
  const page = await world().owner(WIDTHS.phone);
  await page.goto(world().address("budgets"));
  await page.getByRole("button", { name: "New budget" }).click();
  const form = page.getByRole("dialog", { name: "New budget" });
  await form.getByLabel("Name").fill("Dear model");
  await form.getByLabel("Whose spending").selectOption({ label: "A model's" });
  await form.getByLabel("Limit in tokens").fill("10");
  await form
    .getByLabel("What does not fit")
    .selectOption({ label: "Call a cheaper model instead" });
  await form.getByLabel("Model", { exact: true }).selectOption({ label: OTHER });
  await form.getByLabel("Instead: model", { exact: true }).selectOption({ label: OTHER });
  await form.getByRole("button", { name: "Make it" }).click();
  await form.getByText("Name the model.").waitFor();
  await form.getByText("Name the model that is called instead.").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await form.getByLabel("Name of the model", { exact: true }).fill("claude-opus-5-5");
  await form.getByLabel("Instead: name of the model").fill("claude-haiku-4-5");
  await form.getByRole("button", { name: "Make it" }).click();
  const card = page.getByRole("listitem").filter({ hasText: "Dear model" });
  await card.getByText("goes to anthropic/claude-haiku-4-5").waitFor();
  await card.getByText("anthropic/claude-opus-5-5").waitFor();

  await card.getByText("Day by day").click();
  await card.getByText("As a list").click();
  await card.getByText("At the beginning").waitFor();
  for (const theme of ["Dark theme", "Light theme"]) {
    await page.getByRole("button", { name: theme }).click();
    expect(await complaintsAbout(page)).toEqual([]);
  }
});

test("home shows what is spent, live, and how the binding budget burns down", async () => {
  const page = await world().owner();
  const today = page.getByText("Today").locator("..").locator("[title]");
  await page.getByText("At the beginning").waitFor({ state: "attached" });
  await page.locator(".recharts-line").first().waitFor({ state: "attached" });
  const before = await today.getAttribute("title");
  const other = await world().owner(WIDTHS.phone);
  world().simulator.control.reply({ text: "This costs as well." });
  await say(other, "And once more");
  await expect.poll(() => today.getAttribute("title")).not.toBe(before);
  await page.getByRole("link", { name: "The tenant's monthly budget" }).click();
  await page.getByRole("heading", { name: "Budgets" }).waitFor();
});

test("sums are live, and lead to the calls and to their price lines", async () => {
  const page = await world().owner();
  await page.goto(world().address("costs"));
  const row = page.getByRole("row").filter({ hasText: "Demo agent" });
  await row.waitFor();
  const before = await row.textContent();
  const other = await world().owner(WIDTHS.phone);
  world().simulator.control.reply({ text: "Something that costs." });
  await say(other, "Spend something");
  await expect.poll(() => row.textContent()).not.toBe(before);

  await row.getByRole("button", { name: "Demo agent" }).click();
  expect(page.url()).toMatch(/key=/);
  await page.getByRole("row").nth(1).getByRole("button").click();
  const detail = page.getByRole("dialog", { name: "A call and its price" });
  await detail.getByText("In all").waitFor();
  const lines = detail.getByRole("table", { name: "Price lines" });
  const amounts = await lines.getByRole("cell").filter({ hasText: "$" }).allTextContents();
  const total = (await detail.getByText("In all").textContent()) ?? "";
  // Of each line what one costs, and what all do.
  const ofAll = amounts.filter((_, at) => at % 2 === 1).map(picosOf);
  expect(ofAll.reduce((sum, pico) => sum + pico, 0n)).toBe(picosOf(total));
  await lines.getByText("Output", { exact: true }).waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await detail.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("button", { name: "Back to all" }).waitFor();
});

test("the export adds up to what the screen says", async () => {
  const page = await world().owner();
  await page.goto(world().address("costs?period=total"));
  await page.getByRole("row").filter({ hasText: "Demo agent" }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export as CSV" }).click(),
  ]);
  const stream = await download.createReadStream();
  let csv = "";
  for await (const chunk of stream) csv += String(chunk);
  const [head = "", ...lines] = csv.trim().split("\r\n");
  const column = head.split(",").indexOf("totalCostPico");
  const sum = lines.reduce((pico, line) => pico + BigInt(line.split(",")[column] ?? "0"), 0n);
  const shown = page.getByText("In all").locator("..").locator("[title]");
  const [whole = "0", places = ""] = ((await shown.getAttribute("title")) ?? "")
    .slice(1)
    .split(".");
  expect(sum).toBe(BigInt(whole + places.padEnd(12, "0")));
});
