/** Each route once, with what the isolation matrix calls its door with: it is answered as the document says. */
import { beforeAll, describe, expect, test } from "vitest";
import { internal } from "../../convex/_generated/api";
import { documentOf } from "../../convex/rest/native/document";
import { fieldsOf, methodOf, pathOf, type DoorRoute } from "../../convex/rest/native/route";
import { allRoutes } from "../../convex/rest/native/table";
import { openEmbedded, type Backend } from "../convex/drivers";
import { BASE_CALLS, COMMON_SKILL } from "../convex/isolation/calls";
import type { Specimens } from "../convex/isolation/specimens";
import { Contract, type Document } from "./contract";
import { openWorld } from "./specimens";

const routes = await allRoutes();
const contract = new Contract(documentOf(routes) as Document);
const ofDoors = routes.filter((route): route is DoorRoute => "door" in route);

/** Of routes that give a door another call than the matrix does. */
const OTHERWISE: Readonly<Record<string, (ids: Specimens) => Record<string, unknown>>> = {
  "get /runs/{runId}/chunks": (ids) => ({ runId: ids["runs"] }),
  "get /messages/{messageId}/chunks": (ids) => ({ messageId: ids["messages"] }),
  "post /sessions/{sessionId}/messages": (ids) => ({
    sessionId: ids["sessions"],
    content: "Hello",
  }),
  "get /agents/{agentId}/stats": (ids) => ({ agentId: ids["agents"] }),
};

describe("each route", () => {
  let t: Backend;
  let count = 0;
  beforeAll(async () => {
    t = await openEmbedded({});
    await t.mutation(internal.jobs.tenants.letAnyoneCreate, { value: true });
    await t.mutation(internal.jobs.skills.registerBuiltIn, COMMON_SKILL);
    return async () => await t.close();
  });

  test.each(ofDoors)("$at", async (route) => {
    const { owner, ids } = await openWorld(t, `every route ${++count}`);
    const base = BASE_CALLS[route.door.name.replace("/", ".").replace(":", ".")]!;
    const args = (OTHERWISE[route.at] ?? base.args)(ids);
    const response = await owner.as.fetch(...requestOf(route, args));
    const { status, headers } = response;
    const text = await response.text();
    expect(contract.breachOf(route.at, { status, headers, text }), text).toBeNull();
    expect(headers.get("x-ratelimit-remaining-requests"), text).not.toBeNull();
    const succeeds = base.failsBecause === undefined;
    expect(status < 300, `${status} ${text}`).toBe(succeeds);
    const location = headers.get("location");
    if (!succeeds || location === null) return;
    expect((await owner.as.fetch(location)).status, location).toBe(200);
  });
});

/** The request that brings these arguments. */
function requestOf(route: DoorRoute, args: Record<string, unknown>): [string, RequestInit] {
  const { params, query, body } = fieldsOf(route);
  const of = (fields: object) => Object.entries(args).filter(([name]) => name in fields);
  const path = pathOf(route).replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(args[name])),
  );
  const known = Object.keys({ ...params, ...query, ...body, ...route.fixed });
  const elsewhere = ["tenantId", "nowMs", "idempotencyKey", ...(route.without ?? [])];
  expect(Object.keys(args).filter((name) => ![...known, ...elsewhere].includes(name))).toEqual([]);
  const search = new URLSearchParams();
  for (const [name, value] of of(query)) {
    if (name !== "paginationOpts" && value !== null) search.append(name, String(value as string));
  }
  const json = body === null ? {} : { body: JSON.stringify(Object.fromEntries(of(body))) };
  const headers = body === null ? {} : { "content-type": "application/json" };
  const at = `/api/v1${path}${search.size > 0 ? `?${search}` : ""}`;
  return [at, { method: methodOf(route).toUpperCase(), headers, ...json }];
}
