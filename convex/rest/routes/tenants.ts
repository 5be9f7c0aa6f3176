import * as eraseDoors from "../../mutations/erasures";
import * as membershipDoors from "../../mutations/memberships";
import * as changeDoors from "../../mutations/tenants";
import * as lookDoors from "../../queries/tenants";
import { doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/tenants", lookDoors);
const change = doorsOf("mutations/tenants", changeDoors);
const erase = doorsOf("mutations/erasures", eraseDoors);
const membership = doorsOf("mutations/memberships", membershipDoors);
const person = { permission: null } as const;
const read = { permission: "tenant:read" } as const;
const write = { permission: "tenant:write" } as const;
const erasure = { permission: "tenant:erase" } as const;

export const TENANT_ROUTES: readonly Route[] = [
  { at: "get /tenants", door: look.mine, ...person, summary: "Lists the tenants that one is in" },
  {
    at: "post /tenants",
    door: change.create,
    ...person,
    summary: "Signs a tenant up",
    created: "/tenant?tenant={_id}",
  },
  {
    at: "put /tenants/{tenantId}/default",
    door: change.setDefault,
    ...person,
    summary: "Makes a tenant the one that is meant where none is named",
  },
  {
    at: "post /tenants/{tenantId}/leave",
    door: membership.leave,
    ...person,
    summary: "Leaves a tenant",
  },
  {
    at: "delete /tenants/{tenantId}",
    door: erase.tenant,
    ...erasure,
    summary: "Has a tenant and all of its data erased",
  },
  { at: "get /tenant", door: look.get, ...read, summary: "Reads the tenant that the key is of" },
  { at: "patch /tenant", door: change.update, ...write, summary: "Changes the tenant" },
  {
    at: "get /tenant/lookup",
    door: look.lookUp,
    ...read,
    summary: "Tells what an id is of, null where it is of nothing",
    as: "found",
  },
  {
    at: "get /tenant/usage",
    door: look.usage,
    ...read,
    summary: "Tells what the tenant uses of its plan",
  },
];
