/** Companies apart: joining another one, going from one to the other, and what a role is not offered, and not let do. */
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { complaintsAbout, useWorld, WIDTHS } from "./world";

const world = useWorld();

const first = { paginationOpts: { cursor: null, numItems: 50 } };
const OURS = "Only in the first";
const THEIRS = "Only in the second";

let theirToken = "";
beforeAll(async () => {
  theirToken = world().ready.tenants[1].users[0]!.token;
  for (const [token, name] of [
    [world().ready.userToken, OURS],
    [theirToken, THEIRS],
  ] as const) {
    const doors = world().doors(token);
    const [agent] = await doors.query(api.queries.agents.list, {});
    const { provider, model } = agent!;
    const wanted = { name, systemPrompt: "You keep to your own.", provider, model };
    const agentId = await doors.mutation(api.mutations.agents.create, wanted);
    const session = { agentId, title: `${name}: a conversation` };
    await doors.mutation(api.mutations.conversations.create, session);
    const budget = { dimension: "agent", key: agentId, window: "day", limit: "1" } as const;
    await doors.mutation(api.mutations.budgets.create, { name: `${name}: a budget`, ...budget });
  }
});

async function linkTo(token: string, email: string): Promise<string> {
  const invited = { email, role: "admin" as const };
  const made = await world().doors(token).action(api.actions.invitations.create, invited);
  return new URL(`/open/invitation#${made.token}`, world().ready.dashboardUrl).href;
}

async function switchTo(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Company:" }).click();
  // "Demo" is the beginning of "Demo two"; behind a name stands the role.
  await page.getByRole("menuitem", { name: new RegExp(`^${name}\\s*(owner|admin)$`) }).click();
  await page.getByRole("button", { name: `Company: ${name}`, exact: true }).waitFor();
}

test("whoever has an account joins another company by its link, and goes from one to the other without a trace", async () => {
  const { page, email } = await world().person("admin");
  const link = await linkTo(theirToken, email);
  await page.goto(link);
  await page.getByText(`You are signed in as ${email}`).waitFor();
  expect(await complaintsAbout(page)).toEqual([]);
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("button", { name: "Company: Demo two" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/demo-two");

  for (const [screen, mark] of [
    ["Agents", ""],
    ["Chat", ": a conversation"],
    ["Budgets", ": a budget"],
  ] as const) {
    await page.getByRole("link", { name: screen, exact: true }).click();
    await page
      .getByText(THEIRS + mark, { exact: true })
      .first()
      .waitFor();
    expect(await page.getByText(OURS).count()).toBe(0);
  }
  await switchTo(page, "Demo");
  await page.getByRole("link", { name: "Budgets", exact: true }).click();
  await page.getByText(`${OURS}: a budget`).first().waitFor();
  expect(await page.getByText(THEIRS).count()).toBe(0);
  await page.getByRole("link", { name: "Chat", exact: true }).click();
  await page.getByText(`${OURS}: a conversation`).click();
  await page.getByRole("heading", { name: `${OURS}: a conversation` }).waitFor();

  // The other company's address of the same conversation is nobody's.
  await page.goto(page.url().replace("/demo/", "/demo-two/"));
  await page.getByRole("alert").getByText("There is no such session here").waitFor();
  expect(await page.getByText(OURS).count()).toBe(0);
  world().problems.splice(0);

  await page.goto(link);
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("alert").getByText("The invitation is accepted.").waitFor();
  world().problems.splice(0); // the client says so in the console, too
});

test("a link that is none says so; whoever is not signed in may do so on the way", async () => {
  const page = await world().stranger(WIDTHS.phone);
  await page.goto(new URL("/open/invitation#guessed", world().ready.dashboardUrl).href);
  await page.getByLabel("Your name").fill("Nobody");
  await page.getByLabel("Password").fill("nobody's long password");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("alert").getByText("no invitation").waitFor();
  expect(world().problems.splice(0)).toEqual([expect.stringContaining("404")]);
  await page.getByRole("button", { name: "I have an account already" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

const LOOKING = ["", "agents", "chat", "runs", "costs", "budgets", "members"];
const CHANGING =
  /^(new|invite|remove|revoke|suspend|archive|delete|grant|approve|deny|stop the reply|send)/i;

test.each(["viewer", "member"] as const)(
  "a %s is offered nothing that changes the company, and the deployment refuses it all the same",
  async (role) => {
    const { page, token } = await world().person(role, WIDTHS.phone);
    const mayTalk = role === "member";
    for (const screen of LOOKING) {
      await page.goto(world().address(screen));
      await page.locator("#screen").waitFor();
      await page.waitForLoadState("networkidle");
      const names = await page.getByRole("button").or(page.getByRole("link")).allTextContents();
      const offered = names.map((name) => name.trim()).filter((name) => CHANGING.test(name));
      expect(offered, screen).toEqual(mayTalk && screen === "chat" ? ["New"] : []);
    }
    world().problems.splice(0); // screens that a member may not see say so
    const theirs = world().doors(token);
    for (const call of await forbiddenCalls()) {
      await expect(call(theirs)).rejects.toMatchObject({ data: { kind: "forbidden" } });
    }
  },
);

type Doors = ReturnType<ReturnType<typeof world>["doors"]>;

/** What the screens of an administrator do, made directly. */
async function forbiddenCalls(): Promise<((doors: Doors) => Promise<unknown>)[]> {
  const owner = world().doors();
  const { mutations, queries } = api;
  const [agents, members, budgets, keys] = await Promise.all([
    owner.query(queries.agents.list, {}),
    owner.query(queries.memberships.list, first),
    owner.query(queries.budgets.list, { dimension: "tenant", ...first }),
    owner.query(queries.keys.list, first),
  ]);
  const agentId = agents[0]!._id;
  const memberId: Id<"memberships"> = members.page[0]!._id;
  const policyId = budgets.page[0]!._id;
  const keyId = keys.page[0]!._id;
  return [
    (doors) => doors.mutation(mutations.agents.remove, { agentId }),
    (doors) => doors.mutation(mutations.memberships.remove, { id: memberId }),
    (doors) => doors.mutation(mutations.budgets.remove, { policyId }),
    (doors) => doors.mutation(mutations.budgets.increase, { policyId, amount: "1", reason: "x" }),
    (doors) => doors.mutation(mutations.keys.revoke, { id: keyId }),
    (doors) =>
      doors.action(api.actions.invitations.create, { email: "x@example.com", role: "viewer" }),
  ];
}

test.each(["agents", "chat", "runs", "webhooks"])(
  "what is no id is no page of %s, beside which everything else is there",
  async (screen) => {
    const page = await world().owner();
    await page.goto(world().address(`${screen}/nonsense`));
    await page.getByRole("main").getByText("There is no such page").waitFor();
    expect(await page.title()).toContain("There is no such page");
    expect(world().problems).toEqual([]);
    await page.getByRole("link", { name: "Budgets", exact: true }).click();
    await page.getByRole("heading", { name: "Budgets" }).waitFor();
  },
);

test("what is no id in what narrows a screen, narrows nothing", async () => {
  const page = await world().owner();
  await page.goto(world().address("costs?call=nonsense&period=2026-13&by=model"));
  await page.getByRole("heading", { name: "Costs" }).waitFor();
  expect(new URL(page.url()).search).toBe("?by=model");
  await page.goto(world().address("sessions?agent=nonsense"));
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
  expect(new URL(page.url()).search).toBe("");
  // Back and forward go by what the address was.
  await page.goBack();
  await page.getByRole("heading", { name: "Costs" }).waitFor();
  await page.goto(world().address("runs?state=nonsense"));
  await page.getByRole("heading", { name: "Runs" }).waitFor();
  expect(world().problems).toEqual([]);
});
