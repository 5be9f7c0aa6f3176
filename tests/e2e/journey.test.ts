/**
 * What a company does with a fresh installation, from its first link to its last row, each step as people and
 * programs take it: by HTTP, a real client's socket, and API keys. Beside it the demo's tenant, which sees none of it.
 */
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { startSimulator } from "../../src/providers/simulator/server";
import {
  adminOf,
  dataFolder,
  setVariable,
  startReady,
  userOf,
  type Ready,
} from "../support/startProcess";

const CREDENTIAL = "sk-ant-the-companys-own-key-wxyz";
const page = { cursor: null, numItems: 50 };

async function post(
  { siteUrl }: Ready,
  path: string,
  body: object,
): Promise<{ accessToken: string }> {
  const answer = await fetch(siteUrl + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status, `${path} answers`).toBe(200);
  return (await answer.json()) as { accessToken: string };
}

function personOf({ apiUrl }: Ready, { accessToken }: { accessToken: string }): ConvexHttpClient {
  return new ConvexHttpClient(apiUrl, { auth: accessToken, logger: false });
}

/** A browser that shows the person's agents: their names, or why it shows none any more. */
function browserOf({ apiUrl }: Ready, { accessToken }: { accessToken: string }) {
  const client = new ConvexClient(apiUrl, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
    unsavedChangesWarning: false,
  });
  onTestFinished(() => client.close());
  client.setAuth(() => Promise.resolve(accessToken));
  const shown: (string[] | string)[] = [];
  client.onUpdate(
    api.queries.agents.list,
    {},
    (agents) => shown.push(agents.map(({ name }) => name)),
    (error) => shown.push((error as unknown as { data: { kind: string } }).data.kind),
  );
  return { client, now: () => shown.at(-1) };
}

const failsWith = (kind: string) => ({ data: { kind } });

type Company = {
  ready: Ready;
  tenantId: Id<"tenants">;
  ann: ConvexHttpClient;
  ben: ConvexHttpClient;
  cyd: ConvexHttpClient;
  bensBrowser: ReturnType<typeof browserOf>;
  /** Nothing of these may ever be shown. */
  secrets: string[];
};

/** The one-time link makes the owner, Ann, and the tenant; she invites Ben, a member, and Cyd, an admin. */
async function signUp(ready: Ready): Promise<Company> {
  const link = { token: new URL(ready.signInUrl).hash.slice(1) };
  const company = { tenantName: "Umbrella", tenantSlug: "umbrella" };
  const owner = { name: "ann", email: "ann@umbrella.example", password: "ann's long password" };
  const ann = personOf(
    ready,
    await post(ready, "/auth/first-admin", { ...link, ...owner, ...company }),
  );
  const [tenant] = await ann.query(api.queries.tenants.mine, {});
  const join = async (name: string, role: "admin" | "member") => {
    const email = `${name}@umbrella.example`;
    const { token } = await ann.action(api.actions.invitations.create, { email, role });
    const password = `${name}'s long password`;
    return await post(ready, "/auth/invitations/accept", { token, name, password });
  };
  const [bens, cyds] = [await join("ben", "member"), await join("cyd", "admin")];
  const [ben, cyd] = [personOf(ready, bens), personOf(ready, cyds)];
  const people = { ann, ben, cyd, bensBrowser: browserOf(ready, bens) };
  return { ready, tenantId: tenant!.tenantId, ...people, secrets: [bens.accessToken] };
}

/** The admin makes a key, which a member may not, and registers the company's own account at a provider. */
async function equip({ ready, ben, cyd, secrets }: Company, providerUrl: string): Promise<string> {
  const scopes = ["agents:read", "agents:write", "messages:send", "sessions:read"] as const;
  const newKey = { name: "CI", scopes: [...scopes] };
  await expect(ben.action(api.actions.keys.create, newKey)).rejects.toMatchObject(
    failsWith("forbidden"),
  );
  const { key } = await cyd.action(api.actions.keys.create, newKey);
  await setVariable(ready, { name: "PRIVATE_PROVIDER_URLS", value: "true" });
  await cyd.action(api.actions.providers.register, {
    name: "Ours",
    provider: "anthropic",
    credential: CREDENTIAL,
    baseUrl: providerUrl,
  });
  secrets.push(key, CREDENTIAL);
  return key;
}

/** A program makes an agent with the key; it is edited, and the edit rolled back, before the member's eyes. */
async function makeAgent({ ready, ann, cyd, bensBrowser }: Company, apiKey: string) {
  const program = new ConvexHttpClient(ready.apiUrl, { logger: false });
  const agentId = await program.mutation(api.mutations.agents.create, {
    apiKey,
    name: "Concierge",
    systemPrompt: "Be kind.",
    model: "claude-opus-4-6",
    provider: "anthropic",
  });
  await expect.poll(bensBrowser.now).toEqual(["Concierge"]);
  const edit = { agentId, name: "Doorman", systemPrompt: "Be curt." };
  await cyd.mutation(api.mutations.agents.update, edit);
  await expect.poll(bensBrowser.now).toEqual(["Doorman"]);
  await cyd.mutation(api.mutations.agents.restore, { agentId, version: 1 });
  await expect.poll(bensBrowser.now).toEqual(["Concierge"]);
  const now = { systemPrompt: "Be kind.", version: 3 };
  expect(await ann.query(api.queries.agents.get, { agentId })).toMatchObject(now);
  return agentId;
}

/** The member talks to it, with the company's key at the provider; the owner finds what was said. */
async function talk({ ann, ben }: Company, agentId: Id<"agents">): Promise<void> {
  const title = "Lost umbrella in the lobby";
  const sessionId = await ben.mutation(api.mutations.conversations.create, { agentId, title });
  const message = { sessionId, content: "Where is my umbrella?" };
  const { runId } = await ben.mutation(api.mutations.messages.send, message);
  const stateNow = async () => (await ben.query(api.queries.runs.get, { runId })).state.kind;
  await expect.poll(stateNow).toBe("completed");
  const found = await ann.query(api.queries.sessions.search, { query: "lobby" });
  expect(found).toMatchObject([{ _id: sessionId, messageCount: 2 }]);
  expect(found[0]?.totalCost).toBeGreaterThan(0);
}

/** The log says who did what; the export has all of it, and no secret. */
async function takeAlong({ ann, secrets }: Company): Promise<void> {
  const log = await ann.query(api.queries.activity.list, { paginationOpts: page });
  const actions = log.page.map(({ action }) => action);
  expect(actions).toEqual(
    expect.arrayContaining([
      "keys.create",
      "providers.register",
      "agents.create",
      "agents.restore",
    ]),
  );
  type Next = { table: string; cursor: string | null } | null;
  let exported = "";
  for (let next: Next | undefined; next !== null;) {
    const got: { ndjson: string; next: Next } = await ann.query(
      api.queries.exports.page,
      next ?? {},
    );
    exported += got.ndjson;
    next = got.next;
  }
  expect(exported).toContain("Where is my umbrella?");
  for (const secret of secrets) expect(exported).not.toContain(secret);
}

/** The demo's tenant on the same deployment sees nothing of it. */
async function staysOut({ ready, tenantId }: Company, agentId: Id<"agents">): Promise<void> {
  const stranger = userOf(ready);
  const { agents, sessions, messages } = api.queries;
  expect(await stranger.query(agents.search, { query: "Concierge" })).toEqual([]);
  expect(await stranger.query(sessions.search, { query: "lobby" })).toEqual([]);
  expect(await stranger.query(messages.search, { query: "umbrella" })).toEqual([]);
  const foreign = [
    stranger.query(agents.get, { agentId }),
    stranger.query(agents.list, { tenantId }),
  ];
  for (const call of foreign) await expect(call).rejects.toMatchObject(failsWith("not_found"));
}

/** The member's open browser stops showing data at once, and hears nothing of what changes then. */
async function suspendBen({ ben, cyd, bensBrowser }: Company, agentId: Id<"agents">) {
  const people = await cyd.query(api.queries.memberships.list, { paginationOpts: page });
  const bens = people.page.find(({ name }) => name === "ben");
  await cyd.mutation(api.mutations.memberships.suspend, { id: bens!._id });
  await expect.poll(bensBrowser.now).toBe("forbidden");
  await cyd.mutation(api.mutations.agents.update, { agentId, name: "Secret plans" });
  await expect(ben.query(api.queries.agents.list, {})).rejects.toMatchObject(
    failsWith("forbidden"),
  );
  expect(bensBrowser.now()).toBe("forbidden");
}

/** Only the owner may erase the company; then nobody has access any more, and nothing is left. */
async function erase({ ready, tenantId, ann, cyd }: Company, apiKey: string): Promise<void> {
  const { tenant } = api.mutations.erasures;
  await expect(cyd.mutation(tenant, { tenantId })).rejects.toMatchObject(failsWith("forbidden"));
  const erasureId = await ann.mutation(tenant, { tenantId });
  await expect(ann.query(api.queries.agents.list, { apiKey })).rejects.toMatchObject(
    failsWith("unauthenticated"),
  );
  const proof = async () => await adminOf(ready).query(internal.jobs.erasures.get, { erasureId });
  const rowCounts = { agents: 1, sessions: 1, messages: 2, tenants: 1 };
  await expect.poll(proof).toMatchObject({ status: "completed", rowCounts });
  expect(await ann.query(api.queries.tenants.mine, {})).toEqual([]);
}

test("a company signs up, works, keeps others out, and leaves nothing behind", async () => {
  const { ready } = await startReady({ data: await dataFolder() });
  const ofTheDemo = async () => await userOf(ready).query(api.queries.agents.list, {});
  const before = await ofTheDemo();
  const provider = await startSimulator({ tokensPerSecond: Infinity, apiKeys: [CREDENTIAL] });
  onTestFinished(() => provider.close());

  const company = await signUp(ready);
  const apiKey = await equip(company, provider.anthropicBaseUrl);
  const agentId = await makeAgent(company, apiKey);
  await talk(company, agentId);
  await takeAlong(company);
  await staysOut(company, agentId);
  await suspendBen(company, agentId);
  await erase(company, apiKey);
  expect(before.length).toBeGreaterThan(0);
  expect(await ofTheDemo()).toEqual(before);
});
