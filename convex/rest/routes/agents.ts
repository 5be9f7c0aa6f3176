import * as mutations from "../../mutations/agents";
import * as queries from "../../queries/agents";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/agents", queries);
const change = doorsOf("mutations/agents", mutations);
const [read, write] = [{ permission: "agents:read" }, { permission: "agents:write" }] as const;

/** What stands before an id comes first. */
export const AGENT_ROUTES: readonly Route[] = [
  { at: "get /agents", door: look.listPage, ...read, summary: "Lists agents, newest first" },
  {
    at: "post /agents",
    door: change.create,
    ...write,
    summary: "Adds an agent",
    created: "/agents/{_id}",
  },
  { at: "get /agents/search", door: look.search, ...read, summary: "Finds agents by words" },
  { at: "get /agents/recent", door: look.recent, ...read, summary: "Lists agents last active" },
  {
    at: "get /agents/stats",
    door: look.stats,
    ...read,
    summary: "Tells what was said and spent by all agents",
    without: ["agentId"],
  },
  { at: "get /agents/{agentId}", door: look.get, ...read, summary: "Reads an agent" },
  { at: "patch /agents/{agentId}", door: change.update, ...write, summary: "Changes an agent" },
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
];
