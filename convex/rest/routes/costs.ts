import * as changeDoors from "../../mutations/costs";
import * as lookDoors from "../../queries/costs";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";
import { exportCosts, EXPORT_QUERY } from "../costs";

const look = doorsOf("queries/costs", lookDoors);
const change = doorsOf("mutations/costs", changeDoors);
const read = { permission: "costs:read" } as const;
const write = { permission: "costs:write" } as const;
const manage = { permission: "costs:manage" } as const;
const remove = { permission: "costs:delete" } as const;

export const COST_ROUTES: readonly Route[] = [
  {
    at: "get /costs/summary",
    door: look.summary,
    ...read,
    summary: "Tells what was spent today, this month and in all",
  },
  {
    at: "get /costs/by-agent",
    door: look.byAgent,
    ...read,
    summary: "Tells what was spent, by agent",
  },
  {
    at: "get /costs/by-model",
    door: look.byModel,
    ...read,
    summary: "Tells what was spent, by model",
  },
  {
    at: "get /costs/by-provider",
    door: look.byProvider,
    ...read,
    summary: "Tells what was spent, by provider",
  },
  {
    at: "get /costs/by-channel",
    door: look.byChannel,
    ...read,
    summary: "Tells what was spent, by channel",
  },
  {
    at: "get /costs/by-user",
    door: look.byUser,
    ...read,
    summary: "Tells what was spent, by user",
  },
  { at: "get /costs/by-key", door: look.byKey, ...read, summary: "Tells what was spent, by key" },
  {
    at: "get /costs/by-session",
    door: look.bySession,
    ...read,
    summary: "Tells what was spent, by session",
  },
  {
    at: "get /costs/history",
    door: look.history,
    ...read,
    summary: "Tells what was spent, hour by hour, day by day or month by month",
  },
  {
    at: "get /costs/events",
    door: look.listEvents,
    ...read,
    summary: "Lists the ledger: what a sum is of",
  },
  {
    at: "post /costs/events",
    door: change.create,
    ...write,
    summary: "Books what was spent elsewhere",
    created: "/costs/events/{_id}",
  },
  {
    at: "get /costs/events/{eventId}",
    door: look.getEvent,
    ...read,
    summary: "Reads all that is known of one call",
  },
  {
    at: "post /costs/events/{id}/corrections",
    door: change.correct,
    ...manage,
    summary: "Corrects what was booked",
  },
  {
    at: "post /costs/rerate",
    door: change.rerate,
    ...manage,
    summary: "Prices what was booked without a price",
  },
  {
    at: "post /costs/cleanup",
    door: change.cleanup,
    ...remove,
    summary: "Draws old events together",
  },
  {
    at: "get /costs/export",
    ...read,
    summary: "Streams the ledger as CSV or NDJSON, as it is at this moment",
    query: EXPORT_QUERY,
    content: ["text/csv", "application/x-ndjson"],
    respond: exportCosts,
  },
];
