import { invitations as makeShapes } from "../../actionShapes";
import * as changeDoors from "../../mutations/invitations";
import * as lookDoors from "../../queries/invitations";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/invitations", lookDoors);
const change = doorsOf("mutations/invitations", changeDoors);
const make = actionsOf("actions/invitations", makeShapes);
const person = { permission: null } as const;
const write = { permission: "members:write" } as const;

export const INVITATION_ROUTES: readonly Route[] = [
  { at: "get /invitations", door: look.list, ...write, summary: "Lists open invitations" },
  {
    at: "post /invitations",
    door: make.create,
    ...write,
    summary: "Invites a person; the token is shown this once",
    created: null,
    isSecret: true,
  },
  {
    at: "post /invitations/accept",
    door: change.accept,
    ...person,
    summary: "Joins the tenant that one is invited to",
  },
  {
    at: "delete /invitations/{id}",
    door: change.revoke,
    ...write,
    summary: "Revokes an invitation",
  },
];
