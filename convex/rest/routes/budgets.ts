import * as changeDoors from "../../mutations/budgets";
import * as lookDoors from "../../queries/budgets";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/budgets", lookDoors);
const change = doorsOf("mutations/budgets", changeDoors);
const read = { permission: "budgets:read" } as const;
const write = { permission: "budgets:write" } as const;
const spend = { permission: "costs:write" } as const;

export const BUDGET_ROUTES: readonly Route[] = [
  { at: "get /budgets", door: look.list, ...read, summary: "Lists budgets and where they stand" },
  {
    at: "post /budgets",
    door: change.create,
    ...write,
    summary: "Adds a budget",
    created: "/budgets/{_id}",
    example: { name: "All of us", dimension: "tenant", window: "month", limit: "250.00" },
  },
  {
    at: "get /budgets/effective",
    door: look.effective,
    ...read,
    summary: "Lists the budgets that count a call",
  },
  {
    at: "get /budgets/check",
    door: look.check,
    ...read,
    summary: "Tells whether a call would be admitted",
  },
  {
    at: "get /budgets/events",
    door: look.events,
    ...read,
    summary: "Lists alerts, refusals and changes of budgets",
  },
  {
    at: "post /budgets/reservations",
    door: change.reserve,
    ...spend,
    summary: "Holds what a call elsewhere may come to",
  },
  {
    at: "post /budgets/reservations/{key}/settle",
    door: change.settle,
    ...spend,
    summary: "Books what the call came to, and gives the rest back",
  },
  {
    at: "delete /budgets/reservations/{key}",
    door: change.release,
    ...spend,
    summary: "Gives all that was held back",
  },
  {
    at: "get /budgets/{policyId}",
    door: look.get,
    ...read,
    summary: "Reads a budget and where it stands",
  },
  {
    at: "patch /budgets/{policyId}",
    door: change.update,
    ...write,
    summary: "Changes a budget; null takes a setting away",
  },
  { at: "delete /budgets/{policyId}", door: change.remove, ...write, summary: "Removes a budget" },
  {
    at: "post /budgets/{policyId}/increases",
    door: change.increase,
    ...write,
    summary: "Grants more for the present period",
  },
];
