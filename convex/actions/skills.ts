"use node";
/** New skills and versions of them, with their binaries: only actions can look into a file. */
import { internal } from "../_generated/api";
import { action } from "../_generated/server";
import { skills } from "../actionShapes";
import { omitUndefined } from "../lib/objects";
import { requirePermission } from "../model/actionAccess";
import { changedCredential } from "../model/credentials";
import { looked } from "../model/skills/binaries";

/**
 * Adds a skill with its first version, as a draft that only this tenant sees; `mutations.skills.publish` shows
 * it to all. Needs `skills:publish`.
 *
 * @param id - "skill_web_search": unique among all tenants, and for good.
 * @param category - "productivity", "communication", "data" or another lower-case word.
 * @param version - Three numbers: "1.2.0".
 * @param permissions - What it asks for, each a noun and one or two verbs: "network.http.get", "fs.read".
 * @param configSchema - JSON Schema (2020-12) of type "object", 16 kB at most: types, `properties`, `required`,
 *   bounds, `enum` and common formats, but no references, combinations and patterns. Without it, the skill takes
 *   no configuration. It may ask for no secret (`writeOnly`, format "password").
 * @param skillMd - A prompt skill: a SKILL.md, with YAML frontmatter that has `name` and `description`.
 * @param http - An HTTP skill: the `method` and `url` ("https://api.example.com/v1/users/{userId}", always that host),
 *   `inputSchema` of its parameters, and `headers`, which may have "{credential}" and "{config.…}". What the URL does
 *   not name goes into the query, or into a JSON body. It has to ask for "network.http.get", or as its method is.
 * @param binary - A WebAssembly module of at most 2 MiB, uploaded before; pinned by its SHA-256. A version is one of
 *   these three.
 *
 * @throws invalid_argument - One of these is not so, or a text is blank or too long.
 * @throws conflict - The id is taken.
 * @throws not_found - The binary is not there, or somebody's already.
 * @throws limit_reached - The tenant has 200 skills, or the plan's storage no room for the binary.
 */
export const create = action({
  args: skills.create.args,
  returns: skills.create.returns,
  handler: async (ctx, { binary: storageId, ...skill }) => {
    const { tenantId, apiKey } = skill;
    await requirePermission(ctx, { tenantId, apiKey, permission: "skills:publish" });
    const uploaded = await looked(ctx, storageId);
    await ctx.runMutation(internal.jobs.skills.insert, omitUndefined({ ...skill, uploaded }));
    return null;
  },
});

/**
 * Adds a version, above the newest one, which the skill is from then on; agents that have it stay at theirs
 * until they are upgraded. What is not given the version does not have. Needs `skills:publish`.
 *
 * @throws not_found - The skill does not exist or is another tenant's; or as for `create`.
 * @throws invalid_argument - The version is not above the newest one; or as for `create`.
 * @throws limit_reached - The plan's storage has no room for the binary.
 */
export const addVersion = action({
  args: skills.addVersion.args,
  returns: skills.addVersion.returns,
  handler: async (ctx, { binary: storageId, ...version }) => {
    const { tenantId, apiKey } = version;
    await requirePermission(ctx, { tenantId, apiKey, permission: "skills:publish" });
    const uploaded = await looked(ctx, storageId);
    await ctx.runMutation(internal.jobs.skills.addVersion, omitUndefined({ ...version, uploaded }));
    return null;
  },
});

/**
 * Gives an installed skill the credential that its request goes with, as its headers have "{credential}", or with null
 * takes it away. Stored sealed, and never returned; writing its mask back changes nothing. An upgrade to a version
 * that asks another server takes it away. Needs `skills:write`.
 *
 * @throws not_found - The agent does not exist or does not have the skill, or the skill is gone.
 * @throws invalid_argument - It is blank or too long, or the skill's headers have no place for it.
 */
export const setCredential = action({
  args: skills.setCredential.args,
  returns: skills.setCredential.returns,
  handler: async (ctx, { credential: text, ...which }) => {
    const { tenantId, apiKey } = which;
    await requirePermission(ctx, { tenantId, apiKey, permission: "skills:write" });
    const row = omitUndefined(which);
    const place = await ctx.runQuery(internal.jobs.skills.placeOf, row);
    const credential = await changedCredential(text, { ...place, table: "agent_skills" });
    if (credential === undefined) return null;
    await ctx.runMutation(internal.jobs.skills.setCredential, { ...row, credential });
    return null;
  },
});
