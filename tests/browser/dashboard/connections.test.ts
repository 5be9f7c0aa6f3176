/** What a company is connected to: providers, channels, and receivers of its events over a real socket. */
import { beforeAll, afterAll, expect, test } from "vitest";
import { setVariable } from "../../support/startProcess";
import { openReceiver, type Receiver } from "../../support/receiver";
import { personWith } from "./people";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();
let receiver: Receiver;

beforeAll(async () => {
  await setVariable(world().ready, { name: "PRIVATE_PROVIDER_URLS", value: "true" });
  receiver = await openReceiver();
});
afterAll(async () => await receiver.close());

test("an endpoint is added, told, fails, is sent the event again, and is disabled with a reason", async () => {
  const page = await world().owner();
  await page.goto(world().address("webhooks"));
  await page.getByText("Nobody is told yet").waitFor();
  await page.getByRole("button", { name: "New endpoint" }).click();
  const form = page.getByRole("dialog", { name: "New endpoint" });
  await form.getByRole("button", { name: "Add it" }).click();
  await form.getByText("Give the whole address").waitFor();
  await form.getByLabel("Address").fill(`${receiver.url}/hooks`);
  await form.getByLabel("key.created").check();
  expect(await complaintsAbout(page)).toEqual([]);
  await form.getByRole("button", { name: "Add it" }).click();
  const secret = page.getByRole("dialog", { name: "The signing secret" });
  expect(await secret.locator("p.font-mono").textContent()).toMatch(/^whsec_/);
  await secret.getByRole("button", { name: "I have it" }).click();

  receiver.answer(503);
  await page.getByRole("link", { name: `${receiver.url}/hooks` }).click();
  await page.getByRole("button", { name: "Send a test" }).click();
  const row = page.getByRole("row").filter({ hasText: "webhook.test" });
  await row.getByText("Waiting").waitFor();
  await row.getByText("503").waitFor();
  await page.getByText("failing", { exact: true }).waitFor();

  // The second attempt comes after seconds by itself, the third after minutes: from here on, only when it is asked for.
  await expect.poll(() => receiver.received.length).toBe(2);
  receiver.answer(204);
  await row.getByRole("button", { name: "webhook.test" }).click();
  const detail = page.getByRole("dialog", { name: "webhook.test" });
  await detail.getByText("endpointId").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await detail.getByRole("button", { name: "Send it now" }).click();
  await detail.getByText("Delivered").waitFor();
  await detail.getByRole("button", { name: "Send it again" }).click();
  await expect.poll(() => receiver.received.length).toBe(4);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  await page.keyboard.press("Escape");
  await page.getByText("active", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await page.getByText("disabled", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Enable" }).click();
  await page.getByRole("button", { name: "Send a test" }).waitFor();
  await page.context().close();
});

test("an endpoint is told of what it is to be told of, and deleted without its deliveries", async () => {
  const page = await world().owner(WIDTHS.phone);
  await page.goto(world().address("webhooks"));
  await page.getByRole("link", { name: "/hooks" }).click();
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Change the endpoint" });
  expect(await form.getByLabel("run.failed").isDisabled()).toBe(true);
  await form.getByLabel("All of run").uncheck();
  await form.getByLabel("session.created").check();
  await form.getByRole("button", { name: "Change it" }).click();
  await page.getByText("key.created, session.created").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);

  const other = await world().owner();
  await other.goto(world().address("chat/new"));
  world().simulator.control.reply({ text: "Told." });
  await other.getByLabel("Message").fill("Tell them");
  await other.keyboard.press("Enter");
  await other.getByText("Told.").waitFor();
  await page.getByRole("row").filter({ hasText: "session.created" }).getByText("204").waitFor();
  expect(receiver.received.map(({ type }) => type)).not.toContain("run.completed");

  await other.goto(page.url());
  await other.getByRole("button", { name: "Delete" }).waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Nobody is told yet").waitFor();
  await other
    .getByText("There is no such webhook endpoint here. It may have been removed.")
    .waitFor();
  world().refusedAs(/not_found/);
  await page.getByLabel("State").selectOption("delivered");
  await page.getByRole("button", { name: "session.created" }).click();
  await page.getByRole("dialog").getByText("What is sent").first().waitFor();
});

test("an account at a provider is added, used in place of the deployment's, and its key never shown again", async () => {
  const page = await world().owner();
  await page.goto(world().address("providers"));
  await page.getByText("No accounts of your own yet").waitFor();
  await page.getByRole("button", { name: "New account" }).click();
  const form = page.getByRole("dialog", { name: "New account" });
  await form.getByLabel("Name").fill("Our own");
  await form.getByLabel("Provider").selectOption("openai_compatible");
  await form.getByRole("button", { name: "Add it" }).click();
  await form.getByText("Say where it is.").waitFor();
  await form.getByLabel("Provider").selectOption("anthropic");
  await form.getByLabel("Key").fill("sk-of-the-company-1234");
  await form.getByLabel("Address").fill(world().simulator.anthropicBaseUrl);
  expect(await complaintsAbout(page)).toEqual([]);
  await form.getByRole("button", { name: "Add it" }).click();
  const row = page.getByRole("row").filter({ hasText: "Our own" });
  await row.getByText("••••1234").waitFor();
  expect(await page.content()).not.toContain("sk-of-the-company");
  // The simulator takes any key but one.
  await row.getByRole("button", { name: "Check" }).click();
  await page.getByText('"Our own" answers, and lists its models to anybody').waitFor();

  world().simulator.control.reply({ text: "By your own key." });
  await page.goto(world().address("chat/new"));
  await page.getByLabel("Message").fill("By whose key?");
  await page.keyboard.press("Enter");
  await page.getByText("By your own key.").waitFor();
  await page.goto(world().address("providers"));
  await row.getByRole("button", { name: "Change" }).click();
  const change = page.getByRole("dialog", { name: 'Change "Our own"' });
  await change.getByText("the present one stays (••••1234)").waitFor();
  await change.getByLabel("Address").fill("");
  await change.getByText("Give it again").waitFor();
  await change.getByLabel("Key").fill("sk-another-9876");
  await change.getByRole("button", { name: "Change it" }).click();
  await row.getByText("••••9876").waitFor();
  // Without an address it would be Anthropic itself that is asked.
  await row.getByRole("button", { name: "Change" }).click();
  await change.getByLabel("Key").fill("invalid");
  await change.getByLabel("Address").fill(world().simulator.anthropicBaseUrl);
  await change.getByRole("button", { name: "Change it" }).click();
  await row.getByText(world().simulator.anthropicBaseUrl).waitFor();
  await row.getByRole("button", { name: "Check" }).click();
  await page.getByText('"Our own": the provider does not take the key.').waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await row.getByRole("button", { name: "Disable" }).click();
  await row.getByText("disabled").waitFor();
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("No accounts of your own yet").waitFor();
});

test("a model's price is the book's until the company says its own, and again when that ends", async () => {
  const page = await world().owner();
  await page.goto(world().address("providers?provider=anthropic"));
  await page.getByLabel("Called").fill("opus-4-6");
  const row = page.getByRole("region", { name: "Models" }).getByRole("row").nth(1);
  // What is typed narrows the table down a moment later.
  await row.getByText("anthropic/claude-opus-4-6", { exact: true }).waitFor();
  await row.getByText("price book").waitFor();
  await row.getByRole("button", { name: "Set a price" }).click();
  const form = page.getByRole("dialog", { name: "A price of your own" });
  await form.getByRole("button", { name: "Set it" }).click();
  await form.getByText("Say what it costs; 0 is a price.").waitFor();
  await form.getByLabel("Input", { exact: true }).fill("1.25");
  await form.getByRole("button", { name: "Set it" }).click();
  await row.getByText("your price").waitFor();
  await row.getByText("$1.25").first().waitFor();
  const own = page.getByRole("region", { name: "Own prices" }).getByRole("row");
  await own.getByText("holds").waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await own.getByRole("button", { name: "End" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End" }).click();
  await row.getByText("price book").waitFor();
  await own.getByText("over").waitFor();
  expect(await own.getByRole("button", { name: "End" }).count()).toBe(0);
});

test("a channel is made of what its kind has, leads to its sessions, and is paused and deleted", async () => {
  const page = await world().owner(WIDTHS.phone);
  await page.goto(world().address("channels"));
  await page.getByRole("button", { name: "New channel" }).click();
  const form = page.getByRole("dialog", { name: "New channel" });
  await form.getByLabel("Kind").selectOption("slack");
  await form.getByLabel("Name").fill("Help desk");
  await form.getByLabel("Bot token").fill("xoxb-secret-4321");
  await form.getByRole("button", { name: "Add it" }).click();
  await form.getByText("It is missing").waitFor();
  await form.getByLabel("Team id").fill("T024BE7LD");
  await form.getByLabel("Allowed channels").fill("C024BE91L\nC024BE92M");
  expect(await complaintsAbout(page)).toEqual([]);
  await form.getByRole("button", { name: "Add it" }).click();
  const row = page.getByRole("row").filter({ hasText: "Help desk" });
  await row.getByText("••••4321").waitFor();

  await row.getByRole("link", { name: "Help desk", exact: true }).click();
  const detail = page.getByRole("dialog", { name: "Help desk" });
  await detail.getByText("C024BE91L, C024BE92M").waitFor();
  await detail.getByText("does not talk to Slack itself yet").waitFor();
  const curl = (await detail.getByLabel("curl").last().textContent()) ?? "";
  const { siteUrl, apiKey, agentId } = world().ready;
  expect(curl).toContain(`${siteUrl}/api/v1/sessions`);
  const begun = await fetch(`${siteUrl}/api/v1/sessions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ agentId, channel: "Help desk", title: "From the desk" }),
  });
  expect(begun.status).toBe(201);
  expect(await complaintsAbout(page)).toEqual([]);
  await detail.getByRole("link", { name: "Its sessions" }).click();
  await page.getByRole("link", { name: "From the desk" }).waitFor();

  await page.goto(world().address("channels"));
  await row.getByRole("button", { name: "Pause" }).click();
  await row.getByText("paused").waitFor();
  await row.getByRole("button", { name: "Change" }).click();
  const change = page.getByRole("dialog", { name: 'Change "Help desk"' });
  await change.getByLabel("Allowed channels").fill("");
  await change.getByRole("button", { name: "Change it" }).click();
  await change.waitFor({ state: "detached" });
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No channels yet").waitFor();
});

test("an operator looks at providers and webhooks and changes neither; a member sees neither", async () => {
  const operator = await personWith(world(), "operator");
  for (const [screen, heading] of [
    ["providers", "Providers"],
    ["webhooks", "Webhooks"],
  ] as const) {
    await operator.goto(world().address(screen));
    await operator.getByRole("heading", { name: heading, exact: true }).waitFor();
    expect(await operator.getByRole("button", { name: /^New/ }).count()).toBe(0);
  }
  await operator.goto(world().address("channels"));
  await operator.getByRole("button", { name: "New channel" }).waitFor();

  const member = await personWith(world(), "member", WIDTHS.phone);
  await member.goto(world().address("channels"));
  await member.getByText("No channels yet").waitFor();
  expect(await member.getByRole("button", { name: "New channel" }).count()).toBe(0);
  await member.getByRole("button", { name: "Screens" }).click();
  await member.getByRole("link", { name: "Channels" }).waitFor();
  for (const name of ["Providers", "Webhooks"]) {
    expect(await member.getByRole("link", { name }).count()).toBe(0);
  }
  await member.goto(world().address("webhooks"));
  await member.getByRole("alert").getByText("(webhooks:read)").waitFor();
  world().refusedAs(/forbidden/);
});
