/** The main journeys with the keyboard alone: what has the focus is seen, and goes where one goes on. */
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { useWorld } from "./world";

const world = useWorld();

/** More than any screen has to offer. */
const STOPS_MAX = 120;

/** Presses Tab until it has the focus, and looks on the way whether each stop can be seen. */
async function tabTo(page: Page, wanted: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await wanted.waitFor();
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    expect(await page.evaluate(unseenFocus)).toBe(null);
  }
  throw new Error(`no Tab leads to ${String(wanted)}`);
}

/** The markup of what has the focus, if neither it nor what it stands in is outlined. */
function unseenFocus(): string | null {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return null;
  for (let at: Element | null = focused; at !== null; at = at.parentElement)
    if (getComputedStyle(at).outlineStyle !== "none") return null;
  return focused.outerHTML.slice(0, 200);
}

async function goTo(page: Page, screen: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Find a screen").waitFor();
  await page.keyboard.type(screen);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: screen, exact: true }).waitFor();
}

test("a conversation is begun, stopped and asked again", async () => {
  const page = await world().owner();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Find a screen").waitFor();
  await page.keyboard.type("Chat");
  await page.keyboard.press("Enter");
  const { control } = world().simulator;
  control.reply({ text: "One word after another. ".repeat(200) });
  control.fault({ fault: { kind: "hold", afterPieces: 60 } });
  await tabTo(page, page.getByRole("link", { name: "New", exact: true }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel("Message"));
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Enter");
  const reply = page.getByRole("article", { name: "Demo agent" });
  await reply.getByText("One word after another").waitFor();
  await tabTo(page, page.getByRole("button", { name: "Stop the reply" }));
  await page.keyboard.press("Enter");
  await reply.getByText("The run was cancelled.").waitFor();
  control.reply({ text: "Short." });
  await tabTo(page, page.getByRole("button", { name: "Ask again, in a branch" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Short.").waitFor();
});

test("a budget is set; its form has the focus, keeps it, and gives it back", async () => {
  const page = await world().owner();
  await goTo(page, "Budgets");
  const opener = page.getByRole("button", { name: "New budget" }).first();
  await tabTo(page, opener);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "New budget" });
  await tabTo(page, dialog.getByLabel("Name"));
  await page.keyboard.type("Typed");
  await tabTo(page, dialog.getByLabel("Limit in USD"));
  await page.keyboard.type("100");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Typed" }).waitFor();
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => opener.evaluate((one) => one === document.activeElement)).toBe(true);
});

test("from a sum to a call and its price, and back to where one was", async () => {
  const page = await world().owner();
  await goTo(page, "Costs");
  await tabTo(page, page.getByRole("row").getByRole("button", { name: "Demo agent" }));
  await page.keyboard.press("Enter");
  const call = page.getByRole("row").nth(1).getByRole("button");
  await tabTo(page, call);
  await page.keyboard.press("Enter");
  const detail = page.getByRole("dialog", { name: "A call and its price" });
  await detail.getByText("In all").waitFor();
  await page.keyboard.press("Escape");
  await detail.waitFor({ state: "detached" });
  expect(await call.evaluate((one) => one === document.activeElement)).toBe(true);
});

test("where colours are the system's, bars still stand out from what they fill", async () => {
  const page = await world().owner();
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto(world().address("budgets"));
  const meter = page.getByRole("meter").first();
  await meter.waitFor();
  const colours = await meter.evaluate((track) => {
    const bar = track.firstElementChild ?? track;
    return [track, bar].map((one) => getComputedStyle(one).backgroundColor);
  });
  expect(new Set(colours).size).toBe(2);
});

test("the palette gives the focus back, and where it leads somewhere else the heading has it", async () => {
  const page = await world().owner();
  const link = page.getByRole("link", { name: "Agents" });
  const hasFocus = (one: Locator) => one.evaluate((element) => element === document.activeElement);
  await link.focus();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Find a screen").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => hasFocus(link)).toBe(true);
  await goTo(page, "Budgets");
  await expect.poll(() => hasFocus(page.getByRole("heading", { name: "Budgets" }))).toBe(true);
  expect(await page.locator("#place").textContent()).toBe("Budgets");
});

test("what is typed as soon as the palette is called is in it", async () => {
  const page = await world().stranger();
  const arrived = page.waitForEvent("requestfinished", (file) =>
    file.url().includes("/PaletteDialog-"),
  );
  await page.goto(world().ready.dashboardUrl);
  await page.getByRole("heading", { name: "Home" }).waitFor();
  await arrived;
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("budgets", { delay: 20 });
  expect(await page.getByPlaceholder("Find a screen").inputValue()).toBe("budgets");
});
