import * as lookDoors from "../../queries/conversations";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/conversations", lookDoors);
const read = { permission: "sessions:read" } as const;

export const CONVERSATION_ROUTES: readonly Route[] = [
  {
    at: "get /conversations",
    door: look.list,
    ...read,
    summary: "Lists messages, the latest first, by the names of the table of conversations",
  },
  {
    at: "get /conversations/recent",
    door: look.recent,
    ...read,
    summary: "Lists the latest messages of all agents",
  },
  {
    at: "get /conversations/{conversationId}",
    door: look.get,
    ...read,
    summary: "Reads a message by these names",
  },
];
