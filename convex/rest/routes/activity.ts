import * as lookDoors from "../../queries/activity";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/activity", lookDoors);
const read = { permission: "activity:read" } as const;

export const ACTIVITY_ROUTES: readonly Route[] = [
  {
    at: "get /activity",
    door: look.list,
    ...read,
    summary: "Lists who changed what, the latest first",
  },
];
