import * as changeDoors from "../../mutations/approvals";
import * as lookDoors from "../../queries/approvals";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/approvals", lookDoors);
const change = doorsOf("mutations/approvals", changeDoors);
const read = { permission: "sessions:read" } as const;
const approve = { permission: "runs:approve" } as const;

export const APPROVAL_ROUTES: readonly Route[] = [
  {
    at: "get /approvals",
    door: look.list,
    ...read,
    summary: "Lists calls of tools that people are asked about",
  },
  { at: "get /approvals/{approvalId}", door: look.get, ...read, summary: "Reads what is asked" },
  {
    at: "post /approvals/{approvalId}",
    door: change.decide,
    ...approve,
    summary: "Approves or denies a call",
  },
];
