/** Conversations as whoever looks after them sees them: found, taken along, closed, deleted; and found from anywhere. */
import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

async function post<Made>(path: string, body: object): Promise<Made> {
  const { siteUrl, apiKey } = world().ready;
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return (await (await fetch(`${siteUrl}/api/v1${path}`, init)).json()) as Made;
}

/** A session by the API, and something said and answered in it. */
async function session(title: string, channel: string): Promise<string> {
  const { agentId } = world().ready;
  const { _id } = await post<{ _id: string }>("/sessions", { agentId, channel, title });
  world().simulator.control.reply({ text: `About ${title}.` });
  const asked = { content: `=What of ${title}?` };
  const { runId } = await post<{ runId: string }>(`/sessions/${_id}/messages`, asked);
  await post(`/runs/${runId}/drive`, {});
  return _id;
}

const rowOf = (page: Page, title: string) => page.getByRole("row").filter({ hasText: title });

async function exported(page: Page, format: string): Promise<string> {
  await rowOf(page, "Late parcel").getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog", { name: 'Export "Late parcel"' });
  await dialog.getByLabel("As").selectOption(format);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Export", exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`Late parcel.${format}`);
  await dialog.waitFor({ state: "detached" });
  return await text(await download.createReadStream());
}

test("sessions are narrowed down by what stands in the address, and go along as files", async () => {
  await session("Late parcel", "telegram");
  await session("Broken cup", "web");
  const page = await world().owner();
  await page.goto(world().address("sessions"));
  await rowOf(page, "Broken cup").waitFor();
  await rowOf(page, "Late parcel").getByText("2", { exact: true }).waitFor();
  // The widest row of all: nothing of it is cut off.
  await rowOf(page, "Broken cup").getByRole("button", { name: "Close" }).click();
  await rowOf(page, "Broken cup").getByRole("button", { name: "Open again" }).waitFor();
  const isCut = (table: Element) => table.scrollWidth > table.clientWidth;
  expect(await page.getByRole("region", { name: "Sessions" }).evaluate(isCut)).toBe(false);

  await page.getByLabel("Whose").selectOption("channel:telegram");
  await rowOf(page, "Broken cup").waitFor({ state: "detached" });
  expect(page.url()).toContain("channel=telegram");
  expect(await page.getByLabel("Status").isDisabled()).toBe(true);
  await page.getByLabel("Last active").selectOption("7");
  await page.reload();
  await rowOf(page, "Late parcel").waitFor();
  await page.getByLabel("Words of the title").fill("cup");
  await page.getByText("No title has these words").waitFor();
  await page.getByLabel("Whose").selectOption("");
  await rowOf(page, "Broken cup").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByLabel("Words of the title").fill("parcel");
  await rowOf(page, "Late parcel").waitFor();

  const lines = (await exported(page, "ndjson")).trim().split("\n");
  const tables = lines.map((line) => (JSON.parse(line) as { table: string }).table);
  expect(tables.filter((table) => table === "messages")).toHaveLength(2);
  const whole = JSON.parse(await exported(page, "json")) as Record<string, { title: string }[]>;
  expect(whole["sessions"]?.[0]?.title).toBe("Late parcel");
  const csv = (await exported(page, "csv")).trim().split("\r\n");
  expect(csv).toHaveLength(3);
  // No spreadsheet takes what somebody said for a formula.
  expect(csv[1]).toContain("'=What of Late parcel?");
  expect(csv[2]).toContain("About Late parcel.");
});

test("a session is closed, opened again and deleted, on a phone", async () => {
  await session("Old matter", "web");
  const page = await world().owner(WIDTHS.phone);
  await page.goto(world().address("sessions?q=matter"));
  const row = rowOf(page, "Old matter");
  await row.getByRole("button", { name: "Close" }).click();
  await row.getByText("completed").waitFor();
  await row.getByRole("button", { name: "Open again" }).click();
  await row.getByText("active", { exact: true }).waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No title has these words").waitFor();
});

test("anything is found by its name or its id, with the keyboard alone", async () => {
  const id = await session("Lost umbrella", "web");
  const page = await world().owner();
  const find = async (what: string, option: string | RegExp) => {
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Find a screen").fill(what);
    await page.getByRole("option", { name: option }).waitFor();
    expect(await page.getByRole("option").first().textContent()).toMatch(option);
    await page.keyboard.press("Enter");
    await page.getByPlaceholder("Find a screen").waitFor({ state: "detached" });
  };
  await find("umbrella", "Lost umbrella");
  await page.getByRole("heading", { name: "Lost umbrella" }).waitFor();
  expect(page.url()).toContain(id);

  await page.goto(world().address("runs"));
  const run = page.getByRole("table").getByRole("link").first();
  const runId = ((await run.getAttribute("href")) ?? "").split("/").at(-1) ?? "";
  await find(runId, /Run: completed/);
  await page.getByRole("heading", { name: "Run of Demo agent" }).waitFor();
  await find("demo ag", "Demo agent");
  await page.getByRole("heading", { name: "Demo agent", exact: true }).waitFor();

  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Find a screen").fill("no such thing anywhere");
  await page.getByText("Nothing is called that.").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
});
