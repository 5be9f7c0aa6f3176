/** Reading the marketplace of skills, and what agents have of it. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Installed from "../model/skills/installed";
import * as Marketplace from "../model/skills/marketplace";
import { vInstalledSkillView, vSkillEntry, vSkillVersionView, vSkillView } from "../views/skills";

const filter = { category: v.optional(v.string()), verified: v.optional(v.boolean()) };

/**
 * Published skills of all tenants and those that are built in, in pages of at most 100, those that most agents
 * have first. Needs `skills:read`.
 */
export const list = query({
  args: { ...caller, ...filter, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vSkillEntry),
  handler: async (ctx, { tenantId, apiKey, paginationOpts, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:read" });
    return await Marketplace.listPage(ctx, scope, { filter: which, paginationOpts });
  },
});

/**
 * Published skills whose name, description, category or id has the words of `query`, the best match first; the
 * last word may be the beginning of one. Needs `skills:read`.
 *
 * @throws invalid_argument - The query is blank or too long, or the limit (1 to 100) out of range.
 */
export const search = query({
  args: { ...caller, ...filter, query: v.string(), limit: v.optional(v.number()) },
  returns: v.array(vSkillEntry),
  handler: async (ctx, { tenantId, apiKey, query: text, limit, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:read" });
    return await Marketplace.search(ctx, scope, { text, limit, filter: which });
  },
});

/**
 * One skill, as its newest version has it. Needs `skills:read`.
 *
 * @throws not_found - It does not exist or is a draft of another tenant's; or it was withdrawn, or its publisher
 *   suspended, and no agent of this tenant has it.
 */
export const get = query({
  args: { ...caller, skillId: v.string() },
  returns: vSkillView,
  handler: async (ctx, { tenantId, apiKey, skillId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:read" });
    return await Marketplace.get(ctx, scope, skillId);
  },
});

/**
 * What a skill is at each of its versions, the newest first, in pages of at most 100. Needs `skills:read`.
 *
 * @throws not_found - As for `get`.
 */
export const versions = query({
  args: { ...caller, skillId: v.string(), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vSkillVersionView),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:read" });
    return await Marketplace.listVersions(ctx, scope, which);
  },
});

/**
 * The tenant's own skills, drafts and withdrawn ones too, the last changed first, in pages of at most 100; with
 * `publisherId`, those that this person began. Needs `skills:read`.
 */
export const mine = query({
  args: {
    ...caller,
    publisherId: v.optional(v.id("users")),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vSkillEntry),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:read" });
    return await Marketplace.listOwn(ctx, scope, which);
  },
});

/**
 * The skills that an agent has, the first installed first, in pages of at most 100. A skill that went with its
 * publisher has the status `error`. Needs `skills:read`.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 */
export const installed = query({
  args: { ...caller, agentId: v.id("agents"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vInstalledSkillView),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:read" });
    return await Installed.listPage(ctx, scope, which);
  },
});
