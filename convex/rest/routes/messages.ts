import * as changeDoors from "../../mutations/messages";
import * as lookDoors from "../../queries/messages";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/messages", lookDoors);
const change = doorsOf("mutations/messages", changeDoors);
const read = { permission: "sessions:read" } as const;
const write = { permission: "sessions:write" } as const;
const send = { permission: "messages:send" } as const;
const rate = { permission: "messages:rate" } as const;

export const MESSAGE_ROUTES: readonly Route[] = [
  { at: "get /messages/search", door: look.search, ...read, summary: "Finds messages by words" },
  {
    at: "get /messages/{messageId}/chunks",
    door: look.chunks,
    ...read,
    summary: "Reads pieces of a message while it is written",
    without: ["runId"],
  },
  {
    at: "post /messages/{messageId}/edits",
    door: change.edit,
    ...send,
    summary: "Says a message anew, in a branch of the session",
    routeClass: "model",
    created: "/runs/{runId}",
  },
  { at: "put /messages/{messageId}/rating", door: change.rate, ...rate, summary: "Rates a reply" },
  {
    at: "put /messages/{messageId}/pin",
    door: change.pin,
    ...write,
    summary: "Pins a message: models read it in any case",
  },
  {
    at: "delete /messages/{messageId}/pin",
    door: change.unpin,
    ...write,
    summary: "Takes a pin away",
  },
];
