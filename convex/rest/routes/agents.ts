import { skills as sealedShapes } from "../../actionShapes";
import { external as outsideShapes } from "../../actionShapes";
import * as changeDoors from "../../mutations/agents";
import * as skillDoors from "../../mutations/skills";
import * as lookDoors from "../../queries/agents";
import * as conversationsDoors from "../../queries/conversations";
import * as skillsDoors from "../../queries/skills";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/agents", lookDoors);
const change = doorsOf("mutations/agents", changeDoors);
const skills = doorsOf("queries/skills", skillsDoors);
const skill = doorsOf("mutations/skills", skillDoors);
const sealed = actionsOf("actions/skills", sealedShapes);
const outside = actionsOf("actions/external", outsideShapes);
const conversations = doorsOf("queries/conversations", conversationsDoors);
const read = { permission: "agents:read" } as const;
const write = { permission: "agents:write" } as const;
const readSkills = { permission: "skills:read" } as const;
const writeSkills = { permission: "skills:write" } as const;
const execute = { permission: "skills:execute" } as const;
const readSessions = { permission: "sessions:read" } as const;

export const AGENT_ROUTES: readonly Route[] = [
  { at: "get /agents", door: look.listPage, ...read, summary: "Lists agents, newest first" },
  {
    at: "post /agents",
    door: change.create,
    ...write,
    summary: "Adds an agent",
    created: "/agents/{_id}",
    example: {
      name: "Support",
      systemPrompt: "You answer customers' questions about their orders.",
      provider: "anthropic",
      model: "claude-opus-4-6",
    },
  },
  {
    at: "get /agents/models",
    door: look.models,
    ...read,
    summary: "Lists the models that agents can be made of, by provider",
  },
  { at: "get /agents/search", door: look.search, ...read, summary: "Finds agents by words" },
  {
    at: "get /agents/recent",
    door: look.recent,
    ...read,
    summary: "Lists agents that were last active",
  },
  {
    at: "get /agents/stats",
    door: look.stats,
    ...read,
    summary: "Tells what was said and spent by all agents",
    without: ["agentId"],
  },
  { at: "get /agents/{agentId}", door: look.get, ...read, summary: "Reads an agent" },
  {
    at: "patch /agents/{agentId}",
    door: change.update,
    ...write,
    summary: "Changes an agent; null takes a setting away",
  },
  { at: "delete /agents/{agentId}", door: change.remove, ...write, summary: "Archives an agent" },
  {
    at: "get /agents/{agentId}/stats",
    door: look.stats,
    ...read,
    summary: "Tells what was said and spent by an agent",
  },
  {
    at: "post /agents/{agentId}/messages-elsewhere",
    door: change.updateStats,
    ...write,
    summary: "Counts messages that an agent exchanged elsewhere",
  },
  {
    at: "get /agents/{agentId}/prompt",
    door: look.prompt,
    ...read,
    summary: "Tells what the model would read first in a new session",
    // Settings are sent to be saved.
    without: ["changes"],
  },
  {
    at: "get /agents/{agentId}/versions",
    door: look.versions,
    ...read,
    summary: "Lists an agent's versions, newest first",
  },
  {
    at: "get /agents/{agentId}/versions/{version}",
    door: look.version,
    ...read,
    summary: "Reads a version of an agent",
  },
  {
    at: "post /agents/{agentId}/versions/{version}/restore",
    door: change.restore,
    ...write,
    summary: "Makes an agent what it was at a version",
    as: "version",
  },
  {
    at: "get /agents/{agentId}/diff",
    door: look.diff,
    ...read,
    summary: "Tells what changed from one version of an agent to another",
  },
  {
    at: "get /agents/{agentId}/conversations/{sessionId}",
    door: conversations.getSession,
    ...readSessions,
    summary: "Lists what was said in a session, by its id or the caller's own",
  },
  {
    at: "get /agents/{agentId}/skills",
    door: skills.installed,
    ...readSkills,
    summary: "Lists the skills that an agent has",
  },
  {
    at: "post /agents/{agentId}/skills",
    door: skill.install,
    ...writeSkills,
    summary: "Gives an agent a skill",
    created: null,
  },
  {
    at: "delete /agents/{agentId}/skills/{skillId}",
    door: skill.uninstall,
    ...writeSkills,
    summary: "Takes a skill from an agent",
  },
  {
    at: "post /agents/{agentId}/skills/{skillId}/upgrade",
    door: skill.upgrade,
    ...writeSkills,
    summary: "Gives an agent another version of a skill",
    as: "version",
  },
  {
    at: "put /agents/{agentId}/skills/{skillId}/config",
    door: skill.configure,
    ...writeSkills,
    summary: "Configures a skill of an agent",
  },
  {
    at: "put /agents/{agentId}/skills/{skillId}/approval",
    door: skill.setApproval,
    ...writeSkills,
    summary: "Says whether people approve the skill's calls",
  },
  {
    at: "put /agents/{agentId}/skills/{skillId}/credential",
    door: sealed.setCredential,
    ...writeSkills,
    summary: "Gives a skill the credential of its requests",
  },
  {
    at: "post /agents/{agentId}/skills/{skillId}/enable",
    door: skill.enable,
    ...writeSkills,
    summary: "Enables a skill of an agent",
  },
  {
    at: "post /agents/{agentId}/skills/{skillId}/disable",
    door: skill.disable,
    ...writeSkills,
    summary: "Disables a skill of an agent",
  },
  {
    at: "post /agents/{agentId}/skills/{skill}/execute",
    door: outside.executeSkill,
    ...execute,
    summary: "Calls a skill of an agent, outside any session",
    routeClass: "model",
  },
];
