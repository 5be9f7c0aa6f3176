import { providers as makeShapes } from "../../actionShapes";
import * as changeDoors from "../../mutations/providers";
import * as lookDoors from "../../queries/providers";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/providers", lookDoors);
const change = doorsOf("mutations/providers", changeDoors);
const make = actionsOf("actions/providers", makeShapes);
const read = { permission: "providers:read" } as const;
const write = { permission: "providers:write" } as const;

export const PROVIDER_ROUTES: readonly Route[] = [
  { at: "get /providers", door: look.list, ...read, summary: "Lists accounts at model providers" },
  {
    at: "post /providers",
    door: make.register,
    ...write,
    summary: "Registers an account at a model provider",
    created: null,
  },
  {
    at: "patch /providers/{id}",
    door: make.update,
    ...write,
    summary: "Changes an account at a model provider",
  },
  {
    at: "post /providers/{id}/enable",
    door: change.enable,
    ...write,
    summary: "Enables an account",
  },
  {
    at: "post /providers/{id}/disable",
    door: change.disable,
    ...write,
    summary: "Disables an account",
  },
  {
    at: "post /providers/{id}/verify",
    door: make.verify,
    ...write,
    summary: "Asks the provider whether an account works",
  },
  {
    at: "delete /providers/{id}",
    door: change.remove,
    ...write,
    summary: "Removes an account with its credential",
  },
];
