/** What the demo's company offers on the marketplace, and its support desk has of it. */
import type { ConvexHttpClient } from "convex/browser";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";

const page = { cursor: null, numItems: 100 };

type StorySkill = {
  id: string;
  name: string;
  description: string;
  category: string;
  instructions: string;
  /** Who has it, by its slug. */
  agent?: string;
};

const STORY_SKILLS: readonly StorySkill[] = [
  {
    id: "skill_kind_refusals",
    name: "Kind refusals",
    description: "How to say no to a customer so that they stay one. Demo.",
    category: "support",
    instructions: [
      "1. Thank them for asking, in one sentence.",
      "2. Say no in the second sentence, with the reason, and without a passive.",
      "3. Offer what is possible instead; if nothing is, say who decides and by when.",
      "",
      "Never: a rule as a reason, more than one apology, a promise for somebody else.",
    ].join("\n"),
    agent: "support-desk",
  },
  {
    id: "skill_comparing_offers",
    name: "Comparing offers",
    description: "How to lay offers of suppliers side by side. Demo.",
    category: "research",
    instructions: [
      "Make a table: one offer a row; price for the quantity that is asked for, delivery, terms of payment, what is missing.",
      "Below it say which you would take, and what would have to be true for another one to be better.",
      "A figure that is not in an offer stays empty; it is not estimated.",
    ].join("\n"),
  },
];

/** Those that are not there yet: told again after a stop in between, it goes on. */
export async function makeSkills(
  owner: ConvexHttpClient,
  { tenantId }: { tenantId: Id<"tenants"> },
  agentIds: ReadonlyMap<string, Id<"agents">>,
): Promise<void> {
  const mine = await owner.query(api.queries.skills.mine, { tenantId, paginationOpts: page });
  for (const skill of STORY_SKILLS) {
    if (!mine.page.some(({ id }) => id === skill.id)) {
      await owner.action(api.actions.skills.create, { tenantId, ...toNewSkill(skill) });
    }
    await owner.mutation(api.mutations.skills.publish, { tenantId, skillId: skill.id });
    const agentId = skill.agent === undefined ? undefined : agentIds.get(skill.agent);
    if (agentId !== undefined) await give(owner, { tenantId, agentId, skillId: skill.id });
  }
}

type Gift = { tenantId: Id<"tenants">; agentId: Id<"agents">; skillId: string };

async function give(owner: ConvexHttpClient, { tenantId, agentId, skillId }: Gift) {
  const which = { tenantId, agentId, paginationOpts: page };
  const had = await owner.query(api.queries.skills.installed, which);
  if (had.page.some((one) => one.skillId === skillId)) return;
  const install = { tenantId, agentId, skillId, grantedPermissions: [] };
  await owner.mutation(api.mutations.skills.install, install);
}

function toNewSkill({ id, name, description, category, instructions }: StorySkill) {
  const slug = name.toLowerCase().replaceAll(" ", "-");
  const skillMd = `---\nname: ${slug}\ndescription: ${description}\n---\n\n${instructions}\n`;
  return { id, name, description, category, version: "1.0.0", permissions: [], skillMd };
}
