import * as changeDoors from "../../mutations/conversations";
import * as messageDoors from "../../mutations/messages";
import * as compactDoors from "../../mutations/sessions";
import * as exportedDoors from "../../queries/exports";
import * as messagesDoors from "../../queries/messages";
import * as runsDoors from "../../queries/runs";
import * as lookDoors from "../../queries/sessions";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/sessions", lookDoors);
const change = doorsOf("mutations/conversations", changeDoors);
const compact = doorsOf("mutations/sessions", compactDoors);
const messages = doorsOf("queries/messages", messagesDoors);
const message = doorsOf("mutations/messages", messageDoors);
const runs = doorsOf("queries/runs", runsDoors);
const exported = doorsOf("queries/exports", exportedDoors);
const read = { permission: "sessions:read" } as const;
const write = { permission: "sessions:write" } as const;
const remove = { permission: "sessions:delete" } as const;
const send = { permission: "messages:send" } as const;

export const SESSION_ROUTES: readonly Route[] = [
  { at: "get /sessions", door: look.list, ...read, summary: "Lists sessions, the latest first" },
  {
    at: "post /sessions",
    door: change.create,
    ...write,
    summary: "Begins a session",
    created: "/sessions/{_id}",
  },
  { at: "get /sessions/search", door: look.search, ...read, summary: "Finds sessions by words" },
  { at: "get /sessions/{sessionId}", door: look.get, ...read, summary: "Reads a session" },
  {
    at: "patch /sessions/{sessionId}",
    door: change.update,
    ...write,
    summary: "Changes a session; null takes a setting away",
  },
  {
    at: "delete /sessions/{sessionId}",
    door: change.remove,
    ...remove,
    summary: "Deletes a session with all that was said",
  },
  {
    at: "get /sessions/{sessionId}/messages",
    door: messages.list,
    ...read,
    summary: "Lists messages",
  },
  {
    at: "post /sessions/{sessionId}/messages",
    door: message.send,
    ...send,
    summary: "Sends a message, and so begins a run",
    routeClass: "model",
    without: ["agentId"],
    created: "/runs/{runId}",
    example: { content: "And when does it come?" },
  },
  {
    at: "get /sessions/{sessionId}/runs",
    door: runs.listBySession,
    ...read,
    summary: "Lists runs of a session",
  },
  {
    at: "get /sessions/{sessionId}/notes",
    door: look.notes,
    ...read,
    summary: "Lists what the agent wrote down",
  },
  {
    at: "get /sessions/{sessionId}/prompt",
    door: look.prompt,
    ...read,
    summary: "Tells what the model would read next",
  },
  {
    at: "get /sessions/{sessionId}/summaries",
    door: look.summaries,
    ...read,
    summary: "Lists summaries",
  },
  {
    at: "post /sessions/{sessionId}/compaction",
    door: compact.compact,
    ...write,
    summary: "Has the next turn begin with a summary",
  },
  {
    at: "delete /sessions/{sessionId}/compaction",
    door: compact.undoCompaction,
    ...write,
    summary: "Takes the summary in force away",
  },
  {
    at: "get /sessions/{sessionId}/export",
    door: exported.session,
    ...read,
    summary: "Exports a session, page by page",
  },
];
