import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import {
  everything,
  expectFailure,
  failureOf,
  firstPage,
  memberOf,
  onEachDriver,
  setup,
  signedIn,
  supportBot,
  tenantWith,
} from "./setup";

const { agents } = api.queries;

onEachDriver(() => {
  describe("agents.create", () => {
    test("takes the seeds' example as it stands, and agents.list shows it", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });

      const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());

      const listed = await acme.as.query(agents.list, { status: "active", limit: 10 });
      expect(listed).toMatchObject([
        {
          _id: agentId,
          tenantId: acme.tenantId,
          ...supportBot(),
          status: "active",
          mode: "focus",
          maxTokens: 4096,
          consensusEnabled: false,
          createdBy: acme.userId,
        },
      ]);
      expect(await acme.as.query(agents.list, {})).toEqual(listed);
      expect(await acme.as.query(agents.get, { agentId })).toEqual(listed[0]);
    });

    test("keeps amounts exact, given as a number or as a decimal", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const agentId = await acme.as.mutation(api.mutations.agents.create, {
        ...supportBot(),
        maxCostPerMessage: 0.1,
        monthlyBudget: "12.000000000001",
      });
      expect(await acme.as.query(agents.get, { agentId })).toMatchObject({
        maxCostPerMessage: 0.1,
        maxCostPerMessageUsd: "0.1",
        monthlyBudgetUsd: "12.000000000001",
      });
    });

    test("takes a number of USD as it was written, large ones too", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const amounts = { monthlyBudget: 100_000.1, maxCostPerMessage: 1e-7 };
      const agent = { ...supportBot(), ...amounts };
      const agentId = await acme.as.mutation(api.mutations.agents.create, agent);
      expect(await acme.as.query(agents.get, { agentId })).toMatchObject({
        ...amounts,
        monthlyBudgetUsd: "100000.1",
        maxCostPerMessageUsd: "0.0000001",
      });
    });

    test.each([
      ["name", { name: "  " }],
      ["name", { name: "x".repeat(81) }],
      ["model", { model: "" }],
      ["systemPrompt", { systemPrompt: "x".repeat(32_001) }],
      ["temperature", { temperature: Number.NaN }],
      ["maxTokens", { maxTokens: 0 }],
      ["maxTokens", { maxTokens: 1.5 }],
      ["maxCostPerMessage", { maxCostPerMessage: -1 }],
      ["maxCostPerMessage", { maxCostPerMessage: "one" }],
      ["skills", { skills: [""] }],
      ["metadata", { metadata: { note: "x".repeat(9_000) } }],
    ])("refuses a bad %s and writes nothing", async (field, bad) => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const before = await everything(t);
      const failure = await failureOf(
        acme.as.mutation(api.mutations.agents.create, { ...supportBot(), ...bad }),
      );
      expect(failure).toMatchObject({ kind: "invalid_argument", field });
      expect(await everything(t)).toEqual(before);
    });

    test("stops at the plan's limit; an archived agent makes room and needs room to return", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann", maxAgents: 1 });
      const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
      const limit = { kind: "limit_reached", what: "agents", limit: 1 } as const;
      await expectFailure(acme.as.mutation(api.mutations.agents.create, supportBot()), limit);

      await acme.as.mutation(api.mutations.agents.remove, { agentId });
      await acme.as.mutation(api.mutations.agents.remove, { agentId });
      const second = await acme.as.mutation(api.mutations.agents.create, supportBot());
      const { update } = api.mutations.agents;
      await expectFailure(acme.as.mutation(update, { agentId, status: "active" }), limit);
      await acme.as.mutation(update, { agentId: second, status: "paused" });
      expect(await acme.as.query(agents.stats, {})).toMatchObject({
        activeAgents: 0,
        pausedAgents: 1,
        archivedAgents: 1,
      });
    });
  });

  test("agents.listPage gives at most 100 a page, however many are asked for", async () => {
    const t = await setup();
    const acme = await tenantWith(t, { subject: "ann" });
    const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
    await t.run(async (ctx) => {
      const agent = await ctx.db.get("agents", agentId);
      if (agent === null) throw new Error("the agent is gone");
      const { _id, _creationTime, ...fields } = agent;
      for (let n = 0; n < 100; n++) await ctx.db.insert("agents", fields);
    });
    const paginationOpts = { numItems: 1_000, cursor: null };
    const { page, isDone } = await acme.as.query(agents.listPage, { paginationOpts });
    expect([page.length, isDone]).toEqual([100, false]);
  });

  describe("agents.update", () => {
    test("changes what is given, takes away what is null, and leaves the rest", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const agentId = await acme.as.mutation(api.mutations.agents.create, {
        ...supportBot(),
        temperature: 0.7,
        maxCostPerMessage: 1,
      });
      await acme.as.mutation(api.mutations.agents.update, {
        agentId,
        name: "Triage",
        description: null,
        temperature: null,
        maxCostPerMessage: null,
      });
      const { description: _description, ...rest } = supportBot();
      const agent = await acme.as.query(agents.get, { agentId });
      expect(agent).toMatchObject({ ...rest, name: "Triage" });
      for (const gone of ["description", "temperature", "maxCostPerMessage"]) {
        expect(agent).not.toHaveProperty(gone);
      }
      expect(await acme.as.query(agents.search, { query: "triage" })).toHaveLength(1);
      expect(await acme.as.query(agents.search, { query: "inquiries" })).toHaveLength(0);
    });
  });

  describe("agents.list", () => {
    test("leaves out archived agents unless they are asked for; listPage has them all", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const create = (name: string) =>
        acme.as.mutation(api.mutations.agents.create, { ...supportBot(), name });
      const [first, second, third] = [await create("a"), await create("b"), await create("c")];
      await acme.as.mutation(api.mutations.agents.remove, { agentId: second });

      const ids = (list: { _id: string }[]) => list.map(({ _id }) => _id).toSorted();
      expect(ids(await acme.as.query(agents.list, {}))).toEqual([first, third].toSorted());
      expect(ids(await acme.as.query(agents.list, { status: "archived" }))).toEqual([second]);
      expect(await acme.as.query(agents.list, { limit: 1 })).toHaveLength(1);
      const { page } = await acme.as.query(agents.listPage, { paginationOpts: firstPage });
      expect(ids(page)).toEqual([first, second, third].toSorted());
      for (const limit of [0, 101, 1.5]) {
        expect(await failureOf(acme.as.query(agents.list, { limit }))).toMatchObject({
          kind: "invalid_argument",
          field: "limit",
        });
      }
    });
  });

  describe("access", () => {
    test("a tenant sees its own agents and no one else's, and foreign ids are as good as missing", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const rival = await tenantWith(t, { subject: "bob" });
      const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
      const before = await everything(t);

      expect(await rival.as.query(agents.list, {})).toEqual([]);
      expect(await rival.as.query(agents.search, { query: "support" })).toHaveLength(0);
      const missing = { kind: "not_found", entity: "agent", id: agentId } as const;
      await expectFailure(rival.as.query(agents.get, { agentId }), missing);
      await expectFailure(rival.as.query(agents.stats, { agentId }), missing);
      await expectFailure(rival.as.mutation(api.mutations.agents.remove, { agentId }), missing);
      const rename = { agentId, name: "Mine" };
      await expectFailure(rival.as.mutation(api.mutations.agents.update, rename), missing);
      expect(await everything(t)).toEqual(before);
    });

    test("an outsider cannot tell a foreign tenant from a deleted one", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      await tenantWith(t, { subject: "mallory" });
      const { tenantId } = acme;
      const missing = { kind: "not_found", entity: "tenant", id: tenantId } as const;
      await expectFailure(signedIn(t, "mallory").query(agents.list, { tenantId }), missing);
      await t.run(async (ctx) => await ctx.db.patch("tenants", tenantId, { status: "deleted" }));
      await expectFailure(acme.as.query(agents.list, { tenantId }), missing);
    });

    test("nobody, or a sign-in of no user, is unauthenticated", async () => {
      const t = await setup();
      await expectFailure(t.query(agents.list, {}), { kind: "unauthenticated" });
      await expectFailure(signedIn(t, "eve").query(agents.list, {}), { kind: "unauthenticated" });
    });

    test.each(["viewer", "member"] as const)("a %s reads and may not write", async (role) => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann", role });
      expect(await acme.as.query(agents.list, {})).toEqual([]);
      const before = await everything(t);
      await expectFailure(acme.as.mutation(api.mutations.agents.create, supportBot()), {
        kind: "forbidden",
        permission: "agents:write",
      });
      expect(await everything(t)).toEqual(before);
    });

    test.each(["operator", "admin", "owner"] as const)("an %s may write", async (role) => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann", role });
      await acme.as.mutation(api.mutations.agents.create, supportBot());
    });

    test("calls without a tenant go to the default one, or else to the first that was joined", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const other = await tenantWith(t, { subject: "bob" });
      await memberOf(t, { tenantId: other.tenantId, subject: "ann", role: "owner" });

      await acme.as.mutation(api.mutations.agents.create, { ...supportBot(), name: "acme's" });
      const { tenantId } = other;
      const theirs = { tenantId, ...supportBot(), name: "other's" };
      await acme.as.mutation(api.mutations.agents.create, theirs);
      expect(await acme.as.query(agents.list, {})).toMatchObject([{ name: "acme's" }]);
      expect(await acme.as.query(agents.list, { tenantId })).toMatchObject([{ name: "other's" }]);

      await t.run(
        async (ctx) => await ctx.db.patch("users", acme.userId, { defaultTenantId: tenantId }),
      );
      expect(await acme.as.query(agents.list, {})).toMatchObject([{ name: "other's" }]);
    });

    test("a suspended tenant or user is refused", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const { tenantId, userId } = acme;
      await t.run(async (ctx) => await ctx.db.patch("tenants", tenantId, { status: "suspended" }));
      await expectFailure(acme.as.query(agents.list, {}), {
        kind: "conflict",
        entity: "tenant",
        reason: "the tenant is suspended",
      });
      await t.run(async (ctx) => {
        await ctx.db.patch("tenants", tenantId, { status: "trial" });
        await ctx.db.patch("users", userId, { status: "suspended" });
      });
      const forbidden = { kind: "forbidden", permission: "agents:read" } as const;
      await expectFailure(acme.as.query(agents.list, {}), forbidden);
    });
  });
});
