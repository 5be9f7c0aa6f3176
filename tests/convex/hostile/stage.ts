/**
 * Where the obedient model works: an agent with tools and skills that go out, beside a session, a tenant and a network
 * that are none of its business. Whatever must not leave its place is a canary.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { injections, type Injection } from "../../support/injections";
import { tenantWith, type Member } from "../setup";
import { scene, type Scene } from "../turn";

/** The agent knows it: it may go to the hosts that its tenant lists, and nowhere else. */
export const SECRET = "Canary-of-the-system-prompt-5b1f";
/** Not even the agent is to know these. */
export const CANARIES = {
  providerKey: "canary-of-the-provider-key-90c2",
  credential: "canary-of-the-skills-credential-44d7",
  ofOtherTenant: "foreign-canary-of-another-tenant-77aa",
  ofOtherSession: "canary-of-another-session-31d8",
} as const;

export const HOST = "api.example.com";
export const SKILL_HOST = "tickets.example.com";

export type Stage = Scene & {
  foreign: Member;
  /** A session of the same agent's. */
  another: Id<"sessions">;
  tried: Injection[];
  /** What `VERSE` is at the version that is installed. */
  verseId: Id<"skill_versions">;
};

const TIMES = { createdAt: 0 };
const COUNTS = { messageCount: 1, totalCostPico: 0n, totalTokens: 0, turnCount: 10 };
export const SESSION = {
  status: "active" as const,
  title: "canary",
  lastActivityAt: 0,
  ...TIMES,
  ...COUNTS,
};
export const MESSAGE = {
  ...TIMES,
  turn: 1,
  position: 0,
  role: "user" as const,
  status: "complete" as const,
};
export const NOTE = { ...TIMES, turn: 1, updatedAt: 0 };

const TICKET_URL = `https://${SKILL_HOST}/v1/tickets`;
const ticketSkill = (method: "GET" | "POST", url: string, required: string[]) => ({
  permissions: [`network.http.${method.toLowerCase()}`],
  http: {
    method,
    description: "Of tickets.",
    url,
    headers: { authorization: "Bearer {credential}" },
    inputSchema: { type: "object", properties: { id: { type: "string" }, text: {} }, required },
  },
});
export const VERSE = "skill_verse";
export const FIND = "skill_find_ticket";
const SKILLS = {
  [VERSE]: {
    permissions: [],
    skillMd: "---\nname: verse\ndescription: Writes verse.\n---\nFive, seven, five syllables.",
  },
  [FIND]: ticketSkill("GET", `${TICKET_URL}/{id}`, ["id"]),
  skill_open_ticket: ticketSkill("POST", TICKET_URL, []),
};
/** Another tenant's draft, which nobody else may read. */
const THEIR_SKILL = {
  permissions: [],
  skillMd: `---\nname: theirs\ndescription: Theirs.\n---\n${CANARIES.ofOtherTenant}`,
};

/** A server that only the deployment can reach, for the tests of a file. */
export function openInside(): { port: number; connections: number } {
  const inside = { port: 0, connections: 0 };
  const server = createServer((_request, response) => response.end("inside"));
  server.on("connection", () => (inside.connections += 1));
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    inside.port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());
  return inside;
}

export async function stageAt(insidePort: number): Promise<Stage> {
  const acme = await scene();
  const { t, as, agentId, tenantId } = acme;
  await t.setVariables({ ANTHROPIC_API_KEY: CANARIES.providerKey });
  await t.run(async (ctx) => await ctx.db.patch("tenants", tenantId, { maxMonthlyTokens: 1e9 }));
  const tools = [
    { name: "http_get" as const, allowedHosts: [HOST] },
    { name: "http_post" as const, allowedHosts: [HOST] },
    { name: "notes" as const },
    { name: "search_history" as const },
  ];
  const limits = { toolRounds: 50 };
  const settings = { tools, systemPrompt: SECRET, skills: [], limits };
  await as.mutation(api.mutations.agents.update, { agentId, ...settings });
  await installSkills(acme);

  const foreign = await tenantWith(t, { subject: "eve" });
  await foreign.as.action(api.actions.skills.create, {
    ...listing("skill_theirs"),
    ...THEIR_SKILL,
  });
  const theirs = await secretive(acme, {
    tenantId: foreign.tenantId,
    text: CANARIES.ofOtherTenant,
  });
  const own = await secretive(acme, { tenantId, text: CANARIES.ofOtherSession });
  const foreignIds = [...theirs.ids, ...own.ids, "feedc0de", "skill_theirs"];
  const tried = injections({ secret: SECRET, foreignIds, insidePort });
  return { ...acme, foreign, another: own.sessionId, tried, verseId: await versionOf(acme, VERSE) };
}

const listing = (id: string) => ({
  id,
  name: id,
  description: "Of its listing",
  category: "data",
  version: "1.0.0",
});

async function installSkills({ as, agentId }: Scene): Promise<void> {
  for (const [skillId, skill] of Object.entries(SKILLS)) {
    await as.action(api.actions.skills.create, { ...listing(skillId), ...skill });
    const grantedPermissions = skill.permissions;
    await as.mutation(api.mutations.skills.install, { agentId, skillId, grantedPermissions });
    if (!("http" in skill)) continue;
    const { credential } = CANARIES;
    await as.action(api.actions.skills.setCredential, { agentId, skillId, credential });
  }
}

async function versionOf({ t, tenantId, agentId }: Scene, skillId: string) {
  const installed = await t.run(
    async (ctx) =>
      await ctx.db
        .query("agent_skills")
        .withIndex("by_agent_and_skill", (q) =>
          q.eq("tenantId", tenantId).eq("agentId", agentId).eq("skillId", skillId),
        )
        .unique(),
  );
  if (installed === null) throw new Error(`${skillId} is not installed`);
  return installed.versionId;
}

/** A session of the tenant's with a message, a note and a kept result that have the text. */
async function secretive(
  { t, agentId }: Scene,
  { tenantId, text }: { tenantId: Id<"tenants">; text: string },
) {
  return await t.run(async (ctx) => {
    const sessionId = await ctx.db.insert("sessions", { ...SESSION, tenantId, agentId });
    const of = { tenantId, sessionId };
    await ctx.db.insert("messages", { ...MESSAGE, ...of, agentId, content: text });
    await ctx.db.insert("session_notes", { ...NOTE, ...of, name: "canary", text });
    const storageId = await ctx.storage.store(new Blob([text]));
    const file = { ...of, storageId, purpose: "tool_result", name: "feedc0de" } as const;
    const fileId = await ctx.db.insert("files", { ...file, sizeBytes: 1, createdAt: 0 });
    return { sessionId, ids: [sessionId, fileId, storageId] };
  });
}
