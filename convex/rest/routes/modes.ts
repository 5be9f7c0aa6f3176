import * as changeDoors from "../../mutations/modes";
import * as lookDoors from "../../queries/modes";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/modes", lookDoors);
const change = doorsOf("mutations/modes", changeDoors);
const read = { permission: "agents:read" } as const;
const write = { permission: "agents:write" } as const;

export const MODE_ROUTES: readonly Route[] = [
  { at: "get /modes", door: look.list, ...read, summary: "Lists modes, the built-in ones first" },
  {
    at: "post /modes",
    door: change.create,
    ...write,
    summary: "Adds a mode",
    created: "/modes/by-name/{name}",
  },
  { at: "get /modes/by-name/{name}", door: look.get, ...read, summary: "Reads a mode" },
  {
    at: "patch /modes/{modeId}",
    door: change.update,
    ...write,
    summary: "Changes a mode; null takes a setting away",
  },
  { at: "delete /modes/{modeId}", door: change.remove, ...write, summary: "Removes a mode" },
];
