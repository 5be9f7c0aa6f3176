import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import {
  expectFailure,
  memberOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
} from "./setup";

const { create, update, setDefault } = api.mutations.tenants;

const acme = (slug: string) => ({ name: "Acme", slug, billingEmail: "Billing@Acme.example" });

let count = 0;
const unique = (name: string) => `${name}-${++count}`;

onEachDriver(() => {
  const deployment = sharedSetup();

  test("only operators make tenants, until they let anyone", async () => {
    const t = deployment();
    const ann = await tenantWith(t, { subject: unique("ann") });
    await t.mutation(internal.jobs.tenants.letAnyoneCreate, { value: false });
    const slug = unique("acme");
    await expectFailure(ann.as.mutation(create, acme(slug)), {
      kind: "forbidden",
      permission: "tenants:create",
    });
    await t.mutation(internal.jobs.tenants.letAnyoneCreate, { value: true });
    const tenantId = await ann.as.mutation(create, acme(slug));
    const view = await ann.as.query(api.queries.tenants.get, { tenantId });
    expect(view).toMatchObject({
      ...acme(slug),
      billingEmail: "billing@acme.example",
      plan: "starter",
      maxAgents: 10,
    });
    expect(await ann.as.query(api.queries.tenants.mine, {})).toMatchObject([
      { tenantId: ann.tenantId, role: "owner" },
      { tenantId, slug, role: "owner", isDefault: false },
    ]);
    // The other is an address of the dashboard's own.
    for (const taken of [slug, "open"]) {
      await expectFailure(ann.as.mutation(create, acme(taken)), {
        kind: "conflict",
        entity: "tenant",
        reason: "the slug is taken",
      });
    }
  });

  test("an operator makes a tenant for the user with an address", async () => {
    const t = deployment();
    const ann = await tenantWith(t, { subject: unique("ann") });
    const ownerEmail = `${unique("ann")}@example.com`;
    await t.run((ctx) => ctx.db.patch(ann.userId, { email: ownerEmail }));
    const slug = unique("made");
    const args = { name: "Made", slug, ownerEmail };
    const tenantId = await t.mutation(internal.jobs.tenants.create, args);
    await ann.as.mutation(setDefault, { tenantId });
    expect(await ann.as.query(api.queries.tenants.get, {})).toMatchObject({ slug });
  });

  test.each(["Acme", "ac", "-acme", "acme-", "a_b", "äcme", "a".repeat(64), "a b"])(
    "%s is no slug",
    async (slug) => {
      const t = deployment();
      const ann = await tenantWith(t, { subject: unique("ann") });
      const call = ann.as.mutation(update, { slug });
      await expect(call).rejects.toMatchObject({ data: { field: "slug" } });
    },
  );

  test("the billing address is for those who may change it", async () => {
    const t = deployment();
    const ann = await tenantWith(t, { subject: unique("ann") });
    const bob = await memberOf(t, { ...ann, subject: unique("bob"), role: "operator" });
    expect(await ann.as.query(api.queries.tenants.get, {})).toHaveProperty("billingEmail");
    expect(await bob.as.query(api.queries.tenants.get, {})).not.toHaveProperty("billingEmail");
  });

  test("an id tells what it is of, to whoever may read that, in its own tenant", async () => {
    const t = deployment();
    const ann = await tenantWith(t, { subject: unique("ann") });
    const agentId = await ann.as.mutation(api.mutations.agents.create, supportBot());
    const sent = { agentId, content: "Where is my order?" };
    const { sessionId, runId } = await ann.as.mutation(api.mutations.messages.send, sent);
    const bob = await memberOf(t, { ...ann, subject: unique("bob"), role: "viewer" });
    const lookUp = async (id: string, as = bob.as) =>
      await as.query(api.queries.tenants.lookUp, { id });
    expect(await lookUp(sessionId)).toMatchObject({ kind: "session", id: sessionId });
    expect(await lookUp(` ${runId} `)).toMatchObject({ kind: "run", id: runId });
    expect(await lookUp(agentId)).toMatchObject({ kind: "agent", name: supportBot().name });
    expect(await lookUp("nothing")).toBeNull();
    expect(await lookUp(ann.userId)).toBeNull();

    const event = await ann.as.mutation(api.mutations.costs.create, {
      agentId,
      model: "gpt-5-mini",
      provider: "openai",
      inputTokens: 1,
      outputTokens: 2,
      inputCost: "0.1",
      outputCost: "0.2",
    });
    expect(await lookUp(event)).toMatchObject({ kind: "call", name: "openai/gpt-5-mini" });
    const eve = await memberOf(t, { ...ann, subject: unique("eve"), role: "member" });
    expect(await lookUp(event, eve.as)).toBeNull();
    const rival = await tenantWith(t, { subject: unique("rival") });
    expect(await lookUp(sessionId, rival.as)).toBeNull();
  });

  test("a change is in the log, field by field", async () => {
    const t = deployment();
    const ann = await tenantWith(t, { subject: unique("ann") });
    await ann.as.mutation(update, { name: "Acme Ltd", monthlyBudget: "12.50" });
    const view = await ann.as.query(api.queries.tenants.get, {});
    expect(view).toMatchObject({ name: "Acme Ltd", monthlyBudget: 12.5, monthlyBudgetUsd: "12.5" });
    const paginationOpts = { numItems: 1, cursor: null };
    const log = await ann.as.query(api.queries.activity.list, { paginationOpts });
    expect(log.page).toMatchObject([
      {
        action: "tenants.update",
        changes: [{ field: "monthlyBudgetPico" }, { field: "name", to: '"Acme Ltd"' }],
      },
    ]);
  });

  describe("operators", () => {
    test("suspend a tenant at once, and resume it", async () => {
      const t = deployment();
      const slug = unique("ann");
      const ann = await tenantWith(t, { subject: slug });
      await t.mutation(internal.jobs.tenants.suspend, { slug });
      await expectFailure(ann.as.query(api.queries.agents.list, {}), {
        kind: "conflict",
        entity: "tenant",
        reason: "the tenant is suspended",
      });
      expect(await ann.as.query(api.queries.tenants.mine, {})).toMatchObject([
        { slug, status: "suspended" },
      ]);
      await t.mutation(internal.jobs.tenants.resume, { slug });
      expect(await ann.as.query(api.queries.agents.list, {})).toEqual([]);
    });

    test("set plans, and limits of a tenant's own", async () => {
      const t = deployment();
      const slug = unique("ann");
      const ann = await tenantWith(t, { subject: slug });
      await t.mutation(internal.jobs.tenants.setPlan, { slug, plan: "pro", maxAgents: 7 });
      expect(await ann.as.query(api.queries.tenants.usage, { nowMs: 0 })).toEqual({
        agents: { used: 0, limit: 7 },
        tokensThisMonth: { used: 0, limit: 50_000_000 },
        storageBytes: { used: 0, limit: 100_000_000_000 },
        fileCount: 0,
      });
    });
  });
});
