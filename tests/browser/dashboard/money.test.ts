/** Money as an administrator watches it: a budget is set, bounds an agent, is raised, and the sums lead to each call. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

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
  await page.getByLabel("Whose spending").selectOption({ label: "Demo agent" });
  await page.getByLabel("Limit in USD").fill("0.000001");
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("heading", { name: "Small change" }).waitFor();

  await say(page, "Does it fit?");
  await page.getByRole("article").getByText("Small change").waitFor();

  await page.goto(world().address("budgets"));
  await page.getByRole("cell", { name: "refused" }).first().waitFor();
  const card = page.getByRole("listitem").filter({ hasText: "Small change" });
  await card.getByRole("button", { name: "Grant more, once" }).click();
  await page.getByLabel("More USD").fill("5");
  await page.getByLabel("Why").fill("Month's end");
  await page.getByRole("button", { name: "Grant", exact: true }).click();
  await card.getByText("with $5.00 on top").waitFor();

  world().simulator.control.reply({ text: "Now it fits." });
  await say(page, "And now?");
  await page.getByText("Now it fits.").waitFor();
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
