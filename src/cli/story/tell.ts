/**
 * Gives the demo tenant a past, once: agents, colleagues, two weeks of conversations, a budget that is half used, skills,
 * a run that failed and a call that waits for somebody. All of it comes to be by the product's own doors and rules; of the
 * past turns alone no model is asked (`convex/model/demoTurns.ts`).
 */
import { ConvexHttpClient } from "convex/browser";
import type { FunctionReference } from "convex/server";
import { api, internal } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { Instance } from "../../embedded/instance";
import type { DemoModel } from "../model";
import { STORY_AGENTS, STORY_PEOPLE, type StoryAgent, type StoryPerson } from "./people";
import { STORY_SESSIONS, type StorySession } from "./sessions";
import { makeSkills } from "./skills";

// An admin may call internal functions; the client's types know only what everyone may.
const SEED = internal.jobs.demo.seed as unknown as FunctionReference<"mutation">;
const PLAY = internal.jobs.demo.play as unknown as FunctionReference<"mutation">;

/** In the tenant's metadata: "begun", so that the next start goes on with it, or "told". */
const MARK = "story";
const HOUR_MS = 60 * 60 * 1_000;
const MINUTE_MS = 60_000;
/** Turns in one transaction, which has a second. */
const AT_ONCE = 5;
/** Between what somebody is told and what they say then. */
const PAUSE_MINUTES = 4;

export type Stage = {
  instance: Instance;
  issuer: string;
  model: DemoModel;
  tenant: { tenantId: Id<"tenants">; slug: string; name: string; ownersToken: string };
};

/** @returns False where it was told before, or where somebody has worked already: it is for the first start. */
export async function tellStory(stage: Stage): Promise<boolean> {
  const { instance, tenant } = stage;
  const owner = new ConvexHttpClient(instance.apiUrl, { auth: tenant.ownersToken, logger: false });
  if (!(await isToBeTold(owner, stage))) return false;
  await mark(owner, stage, "begun");
  const agentIds = await makeAgents(owner, stage);
  for (const person of STORY_PEOPLE) await tellOf(person, stage, agentIds);
  await makeBudgets(owner, stage, agentIds);
  await makeSkills(owner, tenant, agentIds);
  await mark(owner, stage, "told");
  return true;
}

async function isToBeTold(owner: ConvexHttpClient, { tenant: { tenantId } }: Stage) {
  const { metadata } = await owner.query(api.queries.tenants.get, { tenantId });
  if (metadata?.[MARK] !== undefined) return metadata[MARK] === "begun";
  const first = { tenantId, paginationOpts: { cursor: null, numItems: 1 } };
  return (await owner.query(api.queries.sessions.list, first)).page.length === 0;
}

async function mark(owner: ConvexHttpClient, { tenant: { tenantId } }: Stage, state: string) {
  const { metadata } = await owner.query(api.queries.tenants.get, { tenantId });
  const marked = { ...metadata, [MARK]: state };
  await owner.mutation(api.mutations.tenants.update, { tenantId, metadata: marked });
}

/** Makes the person a member, and has them say what they said. */
async function tellOf({ subject, ...person }: StoryPerson, stage: Stage, agentIds: AgentIds) {
  const { issuer, tenant, model } = stage;
  const { tenantId, slug, name } = tenant;
  const called = { provider: model.provider, model: model.model };
  const who = { issuer, subject, ...person, ...called };
  await adminOf(stage).mutation(SEED, { ...who, tenant: { slug, name } });
  const turns = turnsOf(subject, agentIds, Date.now());
  for (let at = 0; at < turns.length; at += AT_ONCE) {
    const some = turns.slice(at, at + AT_ONCE);
    await adminOf(stage, subject).mutation(PLAY, { tenantId, turns: some });
  }
}

type AgentIds = ReadonlyMap<string, Id<"agents">>;

/** Those that are not there yet. */
async function makeAgents(
  owner: ConvexHttpClient,
  { model, tenant: { tenantId } }: Stage,
): Promise<AgentIds> {
  const agentIds = new Map<string, Id<"agents">>();
  for (const { slug, _id } of await owner.query(api.queries.agents.list, { tenantId })) {
    if (slug !== undefined) agentIds.set(slug, _id);
  }
  for (const agent of STORY_AGENTS) {
    if (agentIds.has(agent.slug)) continue;
    const metadata = { demo: true };
    const wanted = { tenantId, ...agent, ...modelOf(agent, model), metadata };
    agentIds.set(agent.slug, await owner.mutation(api.mutations.agents.create, wanted));
  }
  return agentIds;
}

/** With a key of one provider, all agents call that one: the others would not answer. */
function modelOf({ provider, model }: StoryAgent, demo: DemoModel) {
  const isAnswered = demo.simulator !== null || provider === demo.provider;
  return isAnswered ? { provider, model } : { provider: demo.provider, model: demo.model };
}

function turnsOf(subject: string, agentIds: AgentIds, nowMs: number) {
  return STORY_SESSIONS.filter(({ by }) => by === subject).flatMap((session) =>
    session.turns.map(({ said: content, reply: text, ...reply }, nth) => ({
      key: `demo/${session.name}/${nth}`,
      agentId: agentIds.get(session.agent),
      session: toSession(session),
      content,
      atMs: nowMs - session.hoursAgo * HOUR_MS + nth * PAUSE_MINUTES * MINUTE_MS,
      reply: { text, ...reply },
    })),
  );
}

function toSession({ name, title, channel }: StorySession) {
  return { name, title, channel };
}

/** Half used and more, so that there is something to look at. */
async function makeBudgets(
  owner: ConvexHttpClient,
  { model: { provider, model }, tenant: { tenantId } }: Stage,
  agentIds: AgentIds,
) {
  const { create } = api.mutations.budgets;
  const paginationOpts = { cursor: null, numItems: 50 };
  const { page } = await owner.query(api.queries.budgets.list, { tenantId, paginationOpts });
  const wanted: (typeof create)["_args"][] = [
    { name: "Everything, each month", dimension: "tenant", window: "month", limit: "1" },
    {
      name: "Research, each week",
      dimension: "agent",
      key: agentIds.get("researcher") ?? "",
      window: "week",
      limit: "0.5",
      action: "degrade",
      degradeTo: { provider, model },
    },
  ];
  for (const budget of wanted) {
    if (page.some(({ name }) => name === budget.name)) continue;
    await owner.mutation(create, { tenantId, ...budget });
  }
}

/** @param subject - Who to act as: an admin may act as anybody. */
function adminOf({ instance, issuer }: Stage, subject?: string): ConvexHttpClient {
  const client = new ConvexHttpClient(instance.apiUrl, { logger: false });
  const admin = client as unknown as { setAdminAuth(key: string, actingAs?: object): void };
  const actingAs = { issuer, subject, tokenIdentifier: `${issuer}|${subject}` };
  admin.setAdminAuth(instance.adminKey, subject === undefined ? undefined : actingAs);
  return client;
}
