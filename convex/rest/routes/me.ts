import * as eraseDoors from "../../mutations/erasures";
import * as identityDoors from "../../mutations/identities";
import * as signInDoors from "../../mutations/signIns";
import * as changeDoors from "../../mutations/users";
import * as identitiesDoors from "../../queries/identities";
import * as signInsDoors from "../../queries/signIns";
import * as lookDoors from "../../queries/users";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/users", lookDoors);
const change = doorsOf("mutations/users", changeDoors);
const erase = doorsOf("mutations/erasures", eraseDoors);
const signIns = doorsOf("queries/signIns", signInsDoors);
const signIn = doorsOf("mutations/signIns", signInDoors);
const identities = doorsOf("queries/identities", identitiesDoors);
const identity = doorsOf("mutations/identities", identityDoors);
const person = { permission: null } as const;

export const ME_ROUTES: readonly Route[] = [
  { at: "get /me", door: look.me, ...person, summary: "Reads who is signed in" },
  { at: "patch /me", door: change.update, ...person, summary: "Changes who is signed in" },
  { at: "delete /me", door: erase.me, ...person, summary: "Has the account and its data erased" },
  {
    at: "get /me/sign-ins",
    door: signIns.list,
    ...person,
    summary: "Lists where one is signed in",
  },
  { at: "delete /me/sign-ins/{id}", door: signIn.end, ...person, summary: "Ends a sign-in" },
  {
    at: "get /me/identities",
    door: identities.list,
    ...person,
    summary: "Lists the ways in which one signs in",
  },
  {
    at: "delete /me/identities/{id}",
    door: identity.unlink,
    ...person,
    summary: "Takes a way to sign in away",
  },
];
