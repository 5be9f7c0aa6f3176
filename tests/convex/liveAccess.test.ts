/** Whoever loses their access stops seeing at once: subscriptions that are open end by themselves. */
import { getFunctionName } from "convex/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Runtime } from "../../src/embedded/runtime/types";
import { DRIVERS, type Backend } from "./drivers";
import { firstPage, memberOf, supportBot, tenantWith, type Member } from "./setup";

const ISSUER = "https://issuer.test";
let t: Backend;
beforeAll(async () => {
  t = await DRIVERS[1].open({});
});
afterAll(async () => await t.close());

type Scene = {
  slug: string;
  owner: Member;
  bob: Member;
  bobs: Id<"memberships">;
  keyId: Id<"api_keys">;
};

let count = 0;

/** A tenant with an owner and Bob, who makes a key. */
async function scene(): Promise<Scene & { apiKey: string }> {
  const slug = `ann-${++count}`;
  const owner = await tenantWith(t, { subject: slug });
  const bob = await memberOf(t, { ...owner, subject: `bob-${count}`, role: "admin" });
  await bob.as.mutation(api.mutations.agents.create, supportBot());
  const made = await bob.as.action(api.actions.keys.create, {
    name: "key",
    scopes: ["agents:read"],
  });
  const people = await owner.as.query(api.queries.memberships.list, { paginationOpts: firstPage });
  const bobs = people.page.find(({ userId }) => userId === bob.userId)!._id;
  return { slug, owner, bob, bobs, keyId: made._id, apiKey: made.key };
}

/** Subscribes to the list of agents, as the one who is signed in or by the key. */
function subscribe({ subject, apiKey }: { subject: string; apiKey?: string }) {
  const { runtime } = t as unknown as { runtime: Runtime };
  return runtime.live.watch({
    path: getFunctionName(api.queries.agents.list),
    args: JSON.stringify(apiKey === undefined ? {} : { apiKey }),
    identity:
      apiKey === undefined
        ? {
            kind: "user",
            tokenIdentifier: `${ISSUER}|${subject}`,
            expiresAtMs: null,
            attributes: { issuer: ISSUER, subject },
          }
        : { kind: "none" },
    requestId: crypto.randomUUID(),
    request: { ip: null, userAgent: null },
  });
}

const { memberships, erasures, keys } = api.mutations;

test.each<[string, (at: Scene) => Promise<unknown>]>([
  [
    "their membership is suspended",
    ({ owner, bobs: id }) => owner.as.mutation(memberships.suspend, { id }),
  ],
  ["they are removed", ({ owner, bobs: id }) => owner.as.mutation(memberships.remove, { id })],
  ["they leave", ({ bob }) => bob.as.mutation(memberships.leave, { tenantId: bob.tenantId })],
  ["the tenant is suspended", ({ slug }) => t.mutation(internal.jobs.tenants.suspend, { slug })],
  [
    "the tenant is erased",
    ({ owner }) => owner.as.mutation(erasures.tenant, { tenantId: owner.tenantId }),
  ],
  ["they erase themselves", ({ bob }) => bob.as.mutation(erasures.me, {})],
])("a person's and their key's subscriptions end when %s", async (_when, end) => {
  const at = await scene();
  const watches = [subscribe({ subject: `bob-${count}` }), subscribe({ subject: "", ...at })];
  for (const watch of watches) {
    await expect.poll(() => watch.reply.ok && watch.reply.value).toContain("Support Bot");
  }
  await end(at);
  for (const watch of watches) {
    await expect.poll(() => watch.reply.ok).toBe(false);
    expect(JSON.stringify(watch.reply)).not.toContain("Support Bot");
    watch.close();
  }
});

test("a key's subscription ends when it is revoked, and its maker's goes on", async () => {
  const at = await scene();
  const person = subscribe({ subject: `bob-${count}` });
  const program = subscribe({ subject: "", ...at });
  await expect.poll(() => program.reply.ok && program.reply.value).toContain("Support Bot");
  await at.owner.as.mutation(keys.revoke, { id: at.keyId });
  await expect.poll(() => program.reply.ok).toBe(false);
  expect(person.reply.ok).toBe(true);
});
