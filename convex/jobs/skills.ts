/**
 * What `actions/skills.ts` reads and writes; the caller's sign-in comes along, so it is checked here. And what
 * only the operators of a deployment do: `npx convex run jobs/skills:verify '{"skillId": "skill_web_search"}'`.
 */
import { v } from "convex/values";
import { internalMutation, internalQuery } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { vCredential } from "../model/credentials";
import * as Binaries from "../model/skills/binaries";
import * as Installations from "../model/skills/installations";
import { getOrFail } from "../model/skills/installed";
import * as Operating from "../model/skills/operating";
import * as Publishing from "../model/skills/publishing";

const which = { agentId: v.id("agents"), skillId: v.string() };
const uploaded = v.optional(Binaries.vUploaded);

/** Fails unless the bytes are there, nobody's, and not too many. */
export const checkUpload = internalQuery({
  args: { storageId: v.id("_storage") },
  returns: v.null(),
  handler: async (ctx, { storageId }) => {
    await Binaries.checkUpload(ctx, storageId);
    return null;
  },
});

/** The skill of `actions.skills.create`. */
export const insert = internalMutation({
  args: { ...caller, ...Publishing.vNewSkill.fields, uploaded },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...skill }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:publish" });
    await Publishing.create(ctx, scope, { skill, nowMs: Date.now() });
    return null;
  },
});

/** The version of `actions.skills.addVersion`. */
export const addVersion = internalMutation({
  args: { ...caller, skillId: v.string(), ...Publishing.vNewVersion.fields, uploaded },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, skillId, ...version }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:publish" });
    await Publishing.addVersion(ctx, scope, { skillId, version, nowMs: Date.now() });
    return null;
  },
});

/** What a new credential would be sealed for, and what reads show of the present one. */
export const placeOf = internalQuery({
  args: { ...caller, ...which },
  returns: v.object({
    tenantId: v.id("tenants"),
    id: v.id("agent_skills"),
    mask: v.union(v.string(), v.null()),
  }),
  handler: async (ctx, { tenantId, apiKey, ...at }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    const { _id: id, credentialMask: mask = null } = await getOrFail(ctx, scope, at);
    return { tenantId: scope.tenantId, id, mask };
  },
});

/** The credential of `actions.skills.setCredential`, as it was sealed. */
export const setCredential = internalMutation({
  args: { ...caller, ...which, credential: v.union(vCredential, v.null()) },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...change }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:write" });
    await Installations.setCredential(ctx, scope, { ...change, nowMs: Date.now() });
    return null;
  },
});

/** Adds a skill that is built in, published and verified; with an id that is there, another version of it. */
export const registerBuiltIn = internalMutation({
  args: Publishing.vNewSkill.fields,
  returns: v.null(),
  handler: async (ctx, skill) => {
    await Operating.registerBuiltIn(ctx, { skill, nowMs: Date.now() });
    return null;
  },
});

/** Says that the operators stand behind a skill, at all its versions. */
export const verify = internalMutation({
  args: { skillId: v.string() },
  returns: v.null(),
  handler: async (ctx, { skillId }) => {
    await Operating.setVerified(ctx, { skillId, verified: true, nowMs: Date.now() });
    return null;
  },
});

/** Takes `verify` back. */
export const unverify = internalMutation({
  args: { skillId: v.string() },
  returns: v.null(),
  handler: async (ctx, { skillId }) => {
    await Operating.setVerified(ctx, { skillId, verified: false, nowMs: Date.now() });
    return null;
  },
});
