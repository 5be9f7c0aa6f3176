import { webhooks as makeShapes } from "../../actionShapes";
import * as changeDoors from "../../mutations/webhooks";
import * as lookDoors from "../../queries/webhooks";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/webhooks", lookDoors);
const change = doorsOf("mutations/webhooks", changeDoors);
const make = actionsOf("actions/webhooks", makeShapes);
const read = { permission: "webhooks:read" } as const;
const write = { permission: "webhooks:write" } as const;

export const WEBHOOK_ROUTES: readonly Route[] = [
  {
    at: "get /webhooks",
    door: look.list,
    ...read,
    summary: "Lists endpoints that are told of events",
  },
  {
    at: "post /webhooks",
    door: make.create,
    ...write,
    summary: "Adds an endpoint; its secret is shown this once",
    created: "/webhooks/{endpointId}",
    example: { url: "https://hooks.example.com/agents", events: ["run.*", "budget.exceeded"] },
    isSecret: true,
  },
  {
    at: "get /webhooks/deliveries",
    door: look.deliveries,
    ...read,
    summary: "Lists deliveries, newest first",
  },
  {
    at: "get /webhooks/deliveries/{deliveryId}",
    door: look.delivery,
    ...read,
    summary: "Reads a delivery with the body that is sent",
  },
  {
    at: "post /webhooks/deliveries/{deliveryId}/replay",
    door: change.replay,
    ...write,
    summary: "Sends a delivery again",
  },
  { at: "get /webhooks/{endpointId}", door: look.get, ...read, summary: "Reads an endpoint" },
  {
    at: "patch /webhooks/{endpointId}",
    door: change.update,
    ...write,
    summary: "Changes an endpoint; null takes the description away",
  },
  {
    at: "delete /webhooks/{endpointId}",
    door: change.remove,
    ...write,
    summary: "Removes an endpoint with its secrets",
  },
  {
    at: "post /webhooks/{endpointId}/enable",
    door: change.enable,
    ...write,
    summary: "Has events sent to an endpoint",
  },
  {
    at: "post /webhooks/{endpointId}/disable",
    door: change.disable,
    ...write,
    summary: "Has nothing sent to an endpoint",
  },
  {
    at: "post /webhooks/{endpointId}/rotate-secret",
    door: make.rotateSecret,
    ...write,
    summary: "Gives an endpoint another secret, which is shown this once",
    isSecret: true,
  },
  {
    at: "post /webhooks/{endpointId}/test",
    door: change.sendTest,
    ...write,
    summary: "Sends an endpoint a test",
    created: "/webhooks/deliveries/{_id}",
  },
  {
    at: "post /webhooks/{endpointId}/replay-dead",
    door: change.replayDead,
    ...write,
    summary: "Sends again what was given up",
  },
];
