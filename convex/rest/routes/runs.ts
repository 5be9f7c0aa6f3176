import { runs as driveShapes } from "../../actionShapes";
import * as messageDoors from "../../mutations/messages";
import * as changeDoors from "../../mutations/runs";
import * as costsDoors from "../../queries/costs";
import * as messagesDoors from "../../queries/messages";
import * as lookDoors from "../../queries/runs";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";
import { streamRunOf } from "../runs";

const look = doorsOf("queries/runs", lookDoors);
const change = doorsOf("mutations/runs", changeDoors);
const drive = actionsOf("actions/runs", driveShapes);
const message = doorsOf("mutations/messages", messageDoors);
const messages = doorsOf("queries/messages", messagesDoors);
const costs = doorsOf("queries/costs", costsDoors);
const read = { permission: "sessions:read" } as const;
const send = { permission: "messages:send" } as const;
const cancel = { permission: "runs:cancel" } as const;
const readCosts = { permission: "costs:read" } as const;

export const RUN_ROUTES: readonly Route[] = [
  { at: "get /runs", door: look.list, ...read, summary: "Lists runs, the latest first" },
  {
    at: "post /runs",
    door: message.send,
    ...send,
    summary: "Begins a run with a message, in a session or a new one of an agent",
    routeClass: "model",
    created: "/runs/{runId}",
    example: { agentId: "jd7…", content: "Where is my order?" },
  },
  {
    at: "get /runs/unfinished",
    door: look.unfinished,
    ...read,
    summary: "Lists runs that have not ended",
  },
  { at: "get /runs/{runId}", door: look.get, ...read, summary: "Reads a run" },
  {
    at: "get /runs/{runId}/steps",
    door: look.steps,
    ...read,
    summary: "Lists a run's calls of models and tools",
  },
  { at: "get /runs/{runId}/trace", door: look.trace, ...read, summary: "Reads a run's spans" },
  {
    at: "get /runs/{runId}/messages",
    door: messages.ofRun,
    ...read,
    summary: "Lists what was said in a run",
  },
  {
    at: "get /runs/{runId}/chunks",
    door: messages.chunks,
    ...read,
    summary: "Reads pieces of the message that a run is writing",
    without: ["messageId"],
  },
  {
    at: "get /runs/{runId}/costs",
    door: costs.events,
    ...readCosts,
    summary: "Lists what a run has cost, call by call",
  },
  { at: "post /runs/{runId}/cancel", door: change.cancel, ...cancel, summary: "Cancels a run" },
  {
    at: "post /runs/{runId}/drive",
    door: drive.drive,
    ...send,
    summary: "Waits for a run, and drives it meanwhile",
    routeClass: "model",
  },
  {
    at: "get /runs/{runId}/stream",
    ...read,
    summary: "Streams a run as server-sent events; `last-event-id` takes it up again after a cut",
    query: {},
    content: ["text/event-stream"],
    heeds: { "last-event-id": "The `id` of the event that was seen last: what follows it is sent" },
    bare: { 204: "The end was seen already, `last-event-id` says" },
    respond: streamRunOf,
  },
];
