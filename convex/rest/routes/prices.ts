import * as changeDoors from "../../mutations/prices";
import * as lookDoors from "../../queries/prices";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/prices", lookDoors);
const change = doorsOf("mutations/prices", changeDoors);
const read = { permission: "costs:read" } as const;
const manage = { permission: "costs:manage" } as const;

export const PRICE_ROUTES: readonly Route[] = [
  { at: "get /prices", door: look.list, ...read, summary: "Lists the tenant's own prices" },
  {
    at: "post /prices",
    door: change.set,
    ...manage,
    summary: "Sets a price of one's own for a model",
    created: null,
  },
  {
    at: "get /prices/lookup",
    door: look.get,
    ...read,
    summary: "Tells what a model costs, null where nobody knows",
    as: "price",
  },
  {
    at: "get /prices/models",
    door: look.models,
    ...read,
    summary: "Lists the price book's models with what each costs",
  },
  {
    at: "delete /prices/{id}",
    door: change.remove,
    ...manage,
    summary: "Removes a price of one's own",
  },
];
