import { keys as makeShapes } from "../../actionShapes";
import * as changeDoors from "../../mutations/keys";
import * as lookDoors from "../../queries/keys";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/keys", lookDoors);
const change = doorsOf("mutations/keys", changeDoors);
const make = actionsOf("actions/keys", makeShapes);
const read = { permission: "keys:read" } as const;
const write = { permission: "keys:write" } as const;

export const KEY_ROUTES: readonly Route[] = [
  { at: "get /keys", door: look.list, ...read, summary: "Lists API keys" },
  {
    at: "post /keys",
    door: make.create,
    ...write,
    summary: "Makes an API key, which is shown this once",
    created: null,
    isSecret: true,
  },
  {
    at: "post /keys/{id}/rotate",
    door: make.rotate,
    ...write,
    summary: "Makes a key's successor, which is shown this once",
    created: null,
    isSecret: true,
  },
  { at: "delete /keys/{id}", door: change.revoke, ...write, summary: "Revokes a key" },
];
