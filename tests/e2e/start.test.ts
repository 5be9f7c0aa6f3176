/** The start command as a person or a script meets it: a process, its output, and what it serves. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { parseUsd } from "../../src/core/money";
import { startSimulator } from "../../src/providers/simulator/server";
import { billedPico } from "../support/billing";
import {
  adminOf,
  dataFolder,
  type Ready,
  parseReady,
  socketUserOf,
  start,
  startReady,
  startedFolder,
  userOf,
} from "../support/startProcess";

const page = { cursor: null, numItems: 50 };

test("--json --once prints one line with all that a script needs, and ends", async () => {
  const command = start({ data: await dataFolder(), flags: ["--json", "--once"] });
  expect(await command.ended).toEqual({ code: 0, signal: null });
  expect(command.stderr()).toBe("");
  const [line, ...rest] = command.stdout().split("\n");
  expect(rest).toEqual([""]);
  const { simulatorUrl, demo } = parseReady(line!);
  expect(simulatorUrl).not.toBeNull();
  expect(demo?.reply).toContain("simulator");
});

test("without --json it shows the turn: question, reply, what was stored and what it cost", async () => {
  const command = start({ data: await dataFolder(), flags: ["--once"] });
  expect(await command.ended).toEqual({ code: 0, signal: null });
  for (const shown of [
    "simulator",
    "You",
    "Agent",
    "Message",
    "Cost event",
    "Session",
    "Tenant",
    "Apart",
  ]) {
    expect(command.stdout()).toContain(shown);
  }
});

test("it goes on serving: the printed token and admin key work with real clients", async () => {
  const { ready } = await startReady({ data: await dataFolder() });
  const { agentId, tenantId, simulatorUrl, demo } = ready;
  const user = userOf(ready);
  const agents = await user.query(api.queries.agents.list, {});
  expect(agents.find(({ _id }) => _id === agentId)).toMatchObject({ tenantId, slug: "demo" });
  expect(agents.every((agent) => agent.tenantId === tenantId)).toBe(true);

  const client = socketUserOf(ready);
  const pieces: string[] = [];
  const sent = await client.mutation(api.mutations.messages.send, { agentId, content: "Hello" });
  const { runId, sessionId } = sent;
  await new Promise<void>((resolve, reject) => {
    const onView = (view: typeof api.queries.messages.chunks._returnType) => {
      const parts = view.chunks.flatMap((chunk) => chunk.parts);
      pieces.splice(0, pieces.length, ...parts.map(({ text }) => text));
      if (view.isDone) resolve();
    };
    client.onUpdate(api.queries.messages.chunks, { runId, limit: 500 }, onView, reject);
  });
  const said = await user.query(api.queries.messages.list, { sessionId, paginationOpts: page });
  expect(said.page.map(({ role }) => role)).toEqual(["assistant", "user"]);
  expect(said.page[0]).toMatchObject({ status: "complete", content: pieces.join("") });

  // What was booked, in the demo and now, is what the simulator would put on the bill.
  const ledger = (await (await fetch(`${simulatorUrl}/simulator/ledger`)).json()) as {
    entries: Parameters<typeof billedPico>[0];
  };
  const events = await user.query(api.queries.costs.events, { runId });
  const booked = [demo?.costPico ?? "0", ...events.map(({ totalCostPico }) => totalCostPico)];
  expect(booked.reduce((sum, pico) => sum + BigInt(pico), 0n)).toBe(
    billedPico(ledger.entries, "anthropic"),
  );

  const reap = internal.jobs.reaper.reap;
  expect(await adminOf(ready).mutation(reap, {})).toBeNull();
  await expect(
    adminOf({ ...ready, adminKey: `${ready.adminKey}0` }).mutation(reap, {}),
  ).rejects.toThrow();
  await expect(user.mutation(reap as never, {})).rejects.toThrow(/find/i);
  await expect(
    userOf({ ...ready, userToken: "wrong" }).query(api.queries.agents.list, {}),
  ).rejects.toThrow();
});

test("two tenants are live, and neither sees anything of the other; a third signs up by the link", async () => {
  const { ready } = await startReady({ data: await startedFolder(), flags: ["--no-demo"] });
  const [first, second] = ready.tenants;
  expect([first.slug, second.slug]).toEqual(["demo", "demo-two"]);
  expect(first).toMatchObject({
    tenantId: ready.tenantId,
    users: [{ token: ready.userToken }, {}],
  });
  for (const { tenantId, users, apiKey } of ready.tenants) {
    const agents = await userOf(ready).query(api.queries.agents.list, { apiKey });
    expect(agents).toMatchObject([{ tenantId }]);
    for (const { role, token } of users) {
      const user = userOf({ ...ready, userToken: token });
      expect(await user.query(api.queries.tenants.mine, {})).toMatchObject([{ tenantId, role }]);
    }
  }
  const stranger = userOf({ ...ready, userToken: second.users[0]!.token });
  const { agentId, tenantId } = ready;
  for (const call of [
    stranger.query(api.queries.agents.get, { agentId }),
    stranger.query(api.queries.agents.list, { tenantId }),
  ]) {
    await expect(call).rejects.toMatchObject({ data: { kind: "not_found" } });
  }

  const signUp = new URL(ready.signInUrl);
  expect((await fetch(signUp)).headers.get("Content-Type")).toContain("text/html");
  const form = { name: "Ann", email: "ann@acme.example", password: "ann's long password" };
  const tenant = { tenantName: "Acme", tenantSlug: "acme", token: signUp.hash.slice(1) };
  const answer = await fetch(signUp, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...form, ...tenant }),
  });
  const { accessToken } = (await answer.json()) as { accessToken: string };
  const ann = userOf({ ...ready, userToken: accessToken });
  expect(await ann.query(api.queries.tenants.mine, {})).toMatchObject([{ slug: "acme" }]);
});

test("a data folder in use and a busy port are each told in one line", async () => {
  const data = await startedFolder();
  const { ready } = await startReady({ data, flags: ["--no-demo"] });
  expect(ready.demo).toBeNull();

  const second = start({ data });
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.stderr()).toMatch(/^Error: The data folder .* is in use by .*\n$/);
  expect(second.stderr()).toContain(data);

  const { port } = new URL(ready.apiUrl);
  for (const flag of ["--port", "--site-port", "--dashboard-port"]) {
    const other = start({ data: await startedFolder(), flags: [flag, port] });
    expect(await other.ended).toEqual({ code: 1, signal: null });
    expect(other.stderr()).toMatch(new RegExp(`^Error: Port ${port} is in use.* ${flag}\\.\\n$`));
  }
  expect(await userOf(ready).query(api.queries.agents.list, {})).toHaveLength(1);
});

test.each(["SIGTERM", "SIGINT"] as const)("%s ends it cleanly", async (signal) => {
  const { command } = await startReady({ data: await startedFolder(), flags: ["--no-demo"] });
  expect(await command.end(signal)).toEqual({ code: 0, signal: null });
  expect(command.stderr()).toBe("");
});

test("SIGTERM in the middle of the demo ends it cleanly, too", async () => {
  const command = start({ data: await startedFolder() });
  await expect.poll(() => command.stdout(), { timeout: 60_000 }).toContain("Agent");
  expect(await command.end("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(command.stderr()).toBe("");
});

test("after kill -9 everything is still there, and the totals go on from where they were", async () => {
  const data = await startedFolder();
  const before = await startReady({ data });
  const { sessionId, runId, reply, costPico } = before.ready.demo!;
  const { total } = (await userOf(before.ready).query(api.queries.costs.summary, {})).exact;
  expect(await before.command.end("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });

  const { ready } = await startReady({ data });
  const { tenantId, agentId, adminKey } = before.ready;
  expect(ready).toMatchObject({ tenantId, agentId, adminKey });
  expect(ready.demo?.sessionId).not.toBe(sessionId);
  // The token of the first start still opens what it was given for.
  const user = userOf({ ...ready, userToken: before.ready.userToken });
  const said = await user.query(api.queries.messages.list, { sessionId, paginationOpts: page });
  expect(said.page).toMatchObject([{ content: reply, status: "complete" }, { role: "user" }]);
  const events = await user.query(api.queries.costs.events, { runId });
  expect(events.map(({ totalCostPico }) => totalCostPico)).toEqual([costPico]);
  const { exact } = await user.query(api.queries.costs.summary, {});
  // The story of before is told once: what came to it is this start's demo.
  expect(exact.total.costEvents).toBe(total.costEvents + 1);
  const totalPico = parseUsd(total.costUsd)! + BigInt(ready.demo!.costPico);
  expect(parseUsd(exact.total.costUsd)).toBe(totalPico);
});

test("the demo tenant has a past, told once, which all sums agree with; --no-demo leaves it out", async () => {
  const data = await startedFolder();
  const none = await startReady({ data, flags: ["--no-demo"] });
  expect(await pastOf(none.ready)).toMatchObject({ agents: 1, sessions: 0, pending: 0, failed: 0 });
  await none.command.end("SIGTERM");

  const first = await startReady({ data });
  const past = await pastOf(first.ready);
  expect(past).toMatchObject({ agents: 4, pending: 1, failed: 1, budgets: 4, members: 4 });
  expect(past.skills).toEqual([0, 1]);
  expect(past.sessions).toBeGreaterThan(10);
  const { tenantId } = first.ready;
  const check = internal.jobs.checks.check;
  expect(await adminOf(first.ready).action(check, { tenantId })).toMatchObject({
    unsettled: [],
    differences: [],
  });
  await first.command.end("SIGTERM");

  const { ready } = await startReady({ data });
  expect(await pastOf(ready)).toEqual({ ...past, sessions: past.sessions + 1 });
});

/** How much there is of the demo tenant. */
async function pastOf(ready: Ready) {
  const user = userOf(ready);
  const { queries } = api;
  const [agents, sessions, approvals, failed, budgets, members, skills] = await Promise.all([
    user.query(queries.agents.list, {}),
    user.query(queries.sessions.list, { paginationOpts: page }),
    user.query(queries.approvals.list, { state: "pending", paginationOpts: page }),
    user.query(queries.runs.list, { state: "failed", paginationOpts: page }),
    user.query(queries.budgets.list, { paginationOpts: page }),
    user.query(queries.memberships.list, { paginationOpts: page }),
    user.query(queries.skills.list, { paginationOpts: page }),
  ]);
  return {
    agents: agents.length,
    sessions: sessions.page.length,
    pending: approvals.page.length,
    failed: failed.page.length,
    budgets: budgets.page.length,
    members: members.page.length,
    skills: skills.page.map(({ installCount }) => installCount).toSorted((a, b) => a - b),
  };
}

test.each([
  ["a port that is none", ["--port", "70000"], /--port/],
  ["an unknown flag", ["--bogus"], /--bogus/],
  ["an argument too many", ["extra"], /arguments/],
])("%s is a mistake of the caller: exit code 2", async (_what, flags, complaint) => {
  const command = start({ data: await dataFolder(), flags });
  expect(await command.ended).toEqual({ code: 2, signal: null });
  expect(command.stderr()).toMatch(complaint);
  expect(command.stdout()).toBe("");
});

test.each([
  ["openai", "OPENAI", "openai_responses"],
  ["google", "GOOGLE", "gemini"],
] as const)(
  "with a key and an address for %s, the reply comes from there",
  async (provider, prefix, spoken) => {
    const simulator = await startSimulator({ tokensPerSecond: Infinity, apiKeys: ["sk-mine"] });
    try {
      const { ready } = await startReady({
        data: await startedFolder(),
        variables: {
          [`${prefix}_API_KEY`]: "sk-mine",
          [`${prefix}_BASE_URL`]:
            provider === "google" ? simulator.googleBaseUrl : simulator.openAiBaseUrl,
        },
      });
      await simulator.control.idle();
      expect(ready.simulatorUrl).toBeNull();
      expect(simulator.ledger.entries).toMatchObject([{ api: spoken }]);
      expect(BigInt(ready.demo!.costPico)).toBe(billedPico(simulator.ledger.entries, provider));
    } finally {
      await simulator.close();
    }
  },
);

test("a key that the provider does not accept is told in one line", async () => {
  const simulator = await startSimulator({ apiKeys: ["sk-mine"] });
  try {
    const variables = {
      ANTHROPIC_API_KEY: "sk-other",
      ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    };
    const command = start({ data: await startedFolder(), flags: ["--json"], variables });
    expect(await command.ended).toEqual({ code: 1, signal: null });
    expect(command.stderr()).toMatch(/^Error: .*anthropic.*key.*\n$/);
    expect(command.stderr()).not.toContain("sk-other");
  } finally {
    await simulator.close();
  }
});

test("an empty key is no key: the simulator answers", async () => {
  const variables = { ANTHROPIC_API_KEY: "", OPENAI_API_KEY: "", ANTHROPIC_BASE_URL: "" };
  const { ready } = await startReady({ data: await startedFolder(), variables });
  expect(ready.simulatorUrl).not.toBeNull();
  expect(ready.demo?.reply).toContain("simulator");
});

test.each([
  ["data folder that is a file", "."],
  ["signing key that is none", "auth-signing-key.json"],
  ["set of secrets that is none", "deployment-secrets.json"],
])("a %s is named in one line", async (_what, name) => {
  const data = await dataFolder();
  if (name !== ".") await mkdir(data);
  const file = join(data, name);
  await writeFile(file, "not what it should be");

  const command = start({ data, flags: ["--json", "--once"] });
  expect(await command.ended).toEqual({ code: 1, signal: null });
  expect(command.stderr()).toMatch(/^Error: .*\n$/);
  expect(command.stderr()).toContain(file);
  expect(await readFile(file, "utf8")).toBe("not what it should be");
});

test("a damaged database is named in one line, and left as it is", async () => {
  const data = await startedFolder();
  const file = join(data, "data.sqlite");
  const damaged = await readFile(file);
  damaged.fill(0x5a, 0, 64);
  await writeFile(file, damaged);

  const command = start({ data, flags: ["--json", "--once"] });
  expect(await command.ended).toEqual({ code: 1, signal: null });
  expect(command.stderr()).toMatch(/^Error: .*\n$/);
  expect(command.stderr()).toContain(file);
  expect(command.stdout()).toBe("");
  expect((await readFile(file)).equals(damaged)).toBe(true);
});
