import { passwords as linkShapes } from "../../actionShapes";
import * as changeDoors from "../../mutations/memberships";
import * as lookDoors from "../../queries/memberships";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/memberships", lookDoors);
const change = doorsOf("mutations/memberships", changeDoors);
const link = actionsOf("actions/passwords", linkShapes);
const read = { permission: "members:read" } as const;
const write = { permission: "members:write" } as const;

export const MEMBER_ROUTES: readonly Route[] = [
  { at: "get /members", door: look.list, ...read, summary: "Lists members" },
  {
    at: "post /members/reset-links",
    door: link.createResetLink,
    ...write,
    summary: "Makes a link with which a member sets a new password",
    created: null,
    isSecret: true,
  },
  {
    at: "put /members/{id}/role",
    door: change.changeRole,
    ...write,
    summary: "Gives a member another role",
  },
  {
    at: "post /members/{id}/suspend",
    door: change.suspend,
    ...write,
    summary: "Suspends a member",
  },
  {
    at: "post /members/{id}/resume",
    door: change.resume,
    ...write,
    summary: "Lets a suspended member in again",
  },
  { at: "delete /members/{id}", door: change.remove, ...write, summary: "Removes a member" },
];
