/** Calls of tools that wait for a person: asked wherever one may be, answered once, seen everywhere. */
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

const THEMES = ["Dark theme", "Light theme"];
/** What the simulator has the agent do, and how the question reads. */
const CALL = 'Call: calculator {"expression":"6 * 7"}';
const ASKED = "Careful agent wants to use calculator";

beforeAll(async () => {
  const { agentId } = world().ready;
  const { provider, model } = await world().doors().query(api.queries.agents.get, { agentId });
  const tools = [{ name: "calculator" as const, approval: { required: true } }];
  const careful = { name: "Careful agent", systemPrompt: "You ask before you reckon.", tools };
  await world()
    .doors()
    .mutation(api.mutations.agents.create, { ...careful, provider, model });
});

function first() {
  return { paginationOpts: { cursor: null, numItems: 10 } };
}

/** A person talks to an agent whose calculator has to be approved. */
async function ask(): Promise<{ page: Page; runId: Id<"runs"> }> {
  const page = await world().owner();
  await page.goto(world().address("chat/new"));
  await page.getByLabel("Agent").selectOption({ label: "Careful agent" });
  await page.getByLabel("Message").fill(CALL);
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Approval of calculator" }).waitFor();
  const pending = { ...first(), state: "pending" as const };
  const { page: asked } = await world().doors().query(api.queries.approvals.list, pending);
  return { page, runId: asked[0]!.runId };
}

test("it is asked in the conversation, on the run's page and at home; whoever approves, all see it", async () => {
  const { page: chat, runId } = await ask();
  await chat.getByText(ASKED).waitFor();
  await chat.getByText("6 * 7", { exact: true }).waitFor();
  await chat.getByText("The agent waits for an approval").waitFor({ state: "attached" });
  const run = await world().owner();
  await run.goto(world().address(`runs/${runId}`));
  await run.getByText(ASKED).waitFor();
  const home = await world().owner(WIDTHS.phone);
  await home.getByText(ASKED).waitFor();
  expect(await complaintsAbout(chat)).toEqual([]);
  for (const theme of THEMES) {
    await home.getByRole("button", { name: theme }).click();
    expect(await complaintsAbout(home)).toEqual([]);
  }

  await home.getByRole("button", { name: "Approve" }).click();
  await home.getByText("Nothing waits for you").waitFor();
  expect(await home.evaluate(() => document.activeElement?.id)).toBe("screen");
  await chat.getByText("The tool answered").waitFor();
  expect(await chat.getByText(ASKED).count()).toBe(0);
  await run.getByText("by Demo owner").waitFor();
  await run.getByText("approved", { exact: true }).waitFor();
});

test("by keyboard it is denied with a reason, which the agent and whoever looks at the run read", async () => {
  const { page, runId } = await ask();
  await page.getByRole("button", { name: "Deny" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Deny calculator?" });
  await dialog.waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await expect.poll(focused).toBe("Deny");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Why, for the agent").fill("Too dear.");
  await dialog.getByRole("button", { name: "Deny" }).click();
  await page.getByText(/The tool answered: .*not approved.*Too dear/).waitFor();
  await page.goto(world().address(`runs/${runId}`));
  await page.getByText("denied", { exact: true }).waitFor();
  await page.getByText("Too dear.").waitFor();
});

test("who may not decide is told who may, and is refused all the same", async () => {
  const { runId } = await ask();
  const member = await world().person("member", WIDTHS.phone);
  await member.page.getByText("It takes the role of operator or a higher one").first().waitFor();
  expect(await member.page.getByRole("button", { name: "Approve" }).count()).toBe(0);
  const { page } = await world()
    .doors()
    .query(api.queries.approvals.list, { ...first(), runId });
  const verdict = { approvalId: page[0]!._id, decision: "approve" as const };
  const tried = world().doors(member.token).mutation(api.mutations.approvals.decide, verdict);
  await expect(tried).rejects.toMatchObject({ data: { kind: "forbidden" } });
});
