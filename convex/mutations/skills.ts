/**
 * Publishing skills, and giving them to agents. What carries a binary, a new skill and a new version, is
 * `actions.skills`.
 */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Installations from "../model/skills/installations";
import * as Publishing from "../model/skills/publishing";
import * as Ratings from "../model/skills/ratings";
import * as Uploads from "../model/uploads";
import { vApprovalSetting, vOpenRecord } from "../validators";

const skill = { ...caller, skillId: v.string() };
const installation = { ...skill, agentId: v.id("agents") };
const terms = {
  version: v.optional(v.string()),
  grantedPermissions: v.optional(v.array(v.string())),
  config: v.optional(vOpenRecord),
};

/**
 * An address to POST a WebAssembly module to, within the hour; the answer's `storageId` is the `binary` of
 * `actions.skills.create` and `addVersion`. What is not used within a day is deleted. Needs `skills:publish`.
 *
 * @throws limit_reached - The plan's storage is full.
 */
export const createUploadUrl = mutation({
  args: caller,
  returns: v.string(),
  handler: async (ctx, { tenantId, apiKey }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:publish" });
    return await Uploads.createUrl(ctx, scope);
  },
});

/**
 * Changes the name, description and category that are given. Needs `skills:publish`.
 *
 * @throws not_found - The skill does not exist or is another tenant's.
 * @throws invalid_argument - A text is blank or too long, or the category is none.
 */
export const update = mutation({
  args: {
    ...skill,
    name: v.optional(v.string()),
    description: v.optional(v.string()),
    category: v.optional(v.string()),
  },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, skillId, ...texts }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:publish" });
    await Publishing.update(ctx, scope, { skillId, texts, nowMs: Date.now() });
    return null;
  },
});

/**
 * Shows a draft or a withdrawn skill to every tenant. Doing it twice is no error. Needs `skills:publish`.
 *
 * @throws not_found - The skill does not exist or is another tenant's.
 */
export const publish = mutation({
  args: skill,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, skillId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:publish" });
    await Publishing.setStatus(ctx, scope, { skillId, status: "published", nowMs: Date.now() });
    return null;
  },
});

/**
 * Takes a skill out of the marketplace. Agents that have it keep it. Doing it twice is no error. Needs
 * `skills:publish`.
 *
 * @throws not_found - The skill does not exist or is another tenant's.
 */
export const withdraw = mutation({
  args: skill,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, skillId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:publish" });
    await Publishing.setStatus(ctx, scope, { skillId, status: "withdrawn", nowMs: Date.now() });
    return null;
  },
});

/**
 * Gives an agent a skill, at its newest version unless one is named, and puts its id into the agent's `skills`.
 * Drafts are for the tenant's own agents. Needs `skills:write`.
 *
 * @param grantedPermissions - What the skill may do: exactly what the version asks for.
 * @param config - As the version's `configSchema` has it; nothing in it is secret.
 *
 * @throws not_found - The agent, the skill or the version does not exist or is not for this tenant.
 * @throws conflict - The agent has it already, or it was withdrawn or its publisher suspended.
 * @throws invalid_argument - A permission was not granted, a setting is missing, unknown or wrong, or the agent
 *   has 100 skills.
 */
export const install = mutation({
  args: { ...installation, ...terms },
  returns: v.id("agent_skills"),
  handler: async (ctx, { tenantId, apiKey, agentId, skillId, ...chosen }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    const which = { agentId, skillId, terms: chosen };
    return await Installations.install(ctx, scope, { ...which, nowMs: Date.now() });
  },
});

/**
 * Moves what an agent has to the newest version, or to the one that is named, and returns it. What it asks for
 * beyond what was granted has to be granted now; the configuration stays unless one is given. Needs
 * `skills:write`.
 *
 * @throws not_found - The agent, or the version, does not exist, or the agent does not have the skill.
 * @throws invalid_argument - As for `install`.
 */
export const upgrade = mutation({
  args: { ...installation, ...terms },
  returns: v.string(),
  handler: async (ctx, { tenantId, apiKey, agentId, skillId, ...chosen }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    const which = { agentId, skillId, terms: chosen };
    return await Installations.upgrade(ctx, scope, { ...which, nowMs: Date.now() });
  },
});

/**
 * Gives what an agent has another configuration, as its version's `configSchema` has it. Needs `skills:write`.
 *
 * @throws not_found - The agent does not exist or does not have the skill, or the skill is gone.
 * @throws invalid_argument - A setting is missing, unknown or wrong: `field` says which.
 */
export const configure = mutation({
  args: { ...installation, config: vOpenRecord },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    await Installations.configure(ctx, scope, { ...which, nowMs: Date.now() });
    return null;
  },
});

/**
 * Says whether a skill's calls wait for somebody to approve them, who that is (an operator, unless it says so), and for
 * how long: of a request each call, of a prompt skill each reading of its instructions. With null, or where nothing was
 * said, requests that change something wait. An upgrade to a version whose request is another one takes `required:
 * false` back. Needs `skills:write`.
 *
 * @throws not_found - The agent does not exist or does not have the skill, or the skill is gone.
 * @throws invalid_argument - They would wait for less than a minute, or more than 30 days.
 */
export const setApproval = mutation({
  args: { ...installation, approval: v.union(vApprovalSetting, v.null()) },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    await Installations.setApproval(ctx, scope, { ...which, nowMs: Date.now() });
    return null;
  },
});

/**
 * Lets an agent use what it has again, and forgets its last error. Needs `skills:write`.
 *
 * @throws not_found - The agent does not exist or does not have the skill, or the skill is gone.
 */
export const enable = mutation({
  args: installation,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    await Installations.setEnabled(ctx, scope, { ...which, enabled: true, nowMs: Date.now() });
    return null;
  },
});

/**
 * Keeps an agent from using what it has, until it is enabled. Needs `skills:write`.
 *
 * @throws not_found - The agent does not exist or does not have the skill.
 */
export const disable = mutation({
  args: installation,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    await Installations.setEnabled(ctx, scope, { ...which, enabled: false, nowMs: Date.now() });
    return null;
  },
});

/**
 * Takes a skill from an agent, with its configuration, and its id out of the agent's `skills`. Needs
 * `skills:write`.
 *
 * @throws not_found - The agent does not exist or does not have the skill.
 */
export const uninstall = mutation({
  args: installation,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    await Installations.uninstall(ctx, scope, { ...which, nowMs: Date.now() });
    return null;
  },
});

/**
 * Notes what the caller thinks of a skill that an agent of the tenant's has, in place of what they thought
 * before: 1 to 5 stars. A key speaks for the person who answers for it. Needs `skills:write`.
 *
 * @throws not_found - As for `queries.skills.get`.
 * @throws conflict - No agent of the tenant's has it, or it is the tenant's own.
 * @throws invalid_argument - The stars are no whole number from 1 to 5.
 */
export const rate = mutation({
  args: { ...skill, stars: v.number() },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...opinion }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    await Ratings.rate(ctx, scope, { ...opinion, nowMs: Date.now() });
    return null;
  },
});
