import * as lookDoors from "../../queries/exports";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/exports", lookDoors);
const whole = { permission: "tenant:export" } as const;

export const EXPORT_ROUTES: readonly Route[] = [
  {
    at: "get /exports",
    door: look.page,
    ...whole,
    summary: "Exports the tenant's data, page by page, as lines of JSON",
  },
];
