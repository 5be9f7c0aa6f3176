/**
 * What the doors in `actions/` take and give. It stands here since modules for Node can be imported from nowhere: REST
 * checks requests by it, and describes them.
 */
import { v } from "convex/values";
import { caller } from "./model/access";
import { vNewChannel } from "./model/channels/channels";
import { vNewSkill, vNewVersion } from "./model/skills/publishing";
import { vNewEndpoint } from "./model/webhooks/endpoints";
import { vOpenRecord, vPermission, vProvider, vRole } from "./validators";
import { vNewKey, vRunView } from "./views";
import { vVerified } from "./views/administration";
import { vNewLink } from "./views/auth";
import { vNewInvitation } from "./views/people";
import { vSkillResult } from "./views/skills";
import { vNewWebhookSecret } from "./views/webhooks";

const vText = v.optional(v.string());
const vCleared = v.optional(v.union(v.string(), v.null()));
/** Where `mutations.skills.createUploadUrl` had it sent to. */
const binary = v.optional(v.id("_storage"));

export const channels = {
  create: {
    args: { ...caller, ...vNewChannel.fields, credential: vText },
    returns: v.id("channels"),
  },
  update: {
    args: {
      ...caller,
      channelId: v.id("channels"),
      agentId: v.optional(v.id("agents")),
      name: vText,
      config: v.optional(vOpenRecord),
      credential: vCleared,
    },
    returns: v.null(),
  },
};

export const external = {
  executeSkill: {
    args: { ...caller, agentId: v.id("agents"), skill: v.string(), parameters: vOpenRecord },
    returns: vSkillResult,
  },
};

export const invitations = {
  create: {
    args: { ...caller, email: v.string(), role: vRole, expiresInDays: v.optional(v.number()) },
    returns: vNewInvitation,
  },
};

export const keys = {
  create: {
    args: {
      ...caller,
      name: v.string(),
      scopes: v.array(vPermission),
      expiresInDays: v.optional(v.number()),
    },
    returns: vNewKey,
  },
  rotate: { args: { ...caller, id: v.id("api_keys") }, returns: vNewKey },
};

export const passwords = {
  createResetLink: { args: { ...caller, userId: v.id("users") }, returns: vNewLink },
};

export const providers = {
  register: {
    args: {
      ...caller,
      name: v.string(),
      provider: vProvider,
      baseUrl: vText,
      credential: vText,
      enabled: v.optional(v.boolean()),
    },
    returns: v.id("providers"),
  },
  update: {
    args: {
      ...caller,
      id: v.id("providers"),
      name: vText,
      baseUrl: vCleared,
      credential: vCleared,
    },
    returns: v.null(),
  },
  verify: { args: { ...caller, id: v.id("providers") }, returns: vVerified },
};

export const runs = {
  drive: { args: { ...caller, runId: v.id("runs") }, returns: vRunView },
};

export const skills = {
  create: { args: { ...caller, ...vNewSkill.fields, binary }, returns: v.null() },
  addVersion: {
    args: { ...caller, skillId: v.string(), ...vNewVersion.fields, binary },
    returns: v.null(),
  },
  setCredential: {
    args: {
      ...caller,
      agentId: v.id("agents"),
      skillId: v.string(),
      credential: v.union(v.string(), v.null()),
    },
    returns: v.null(),
  },
};

export const webhooks = {
  create: { args: { ...caller, ...vNewEndpoint.fields }, returns: vNewWebhookSecret },
  rotateSecret: {
    args: { ...caller, endpointId: v.id("webhook_endpoints") },
    returns: vNewWebhookSecret,
  },
};
