import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import {
  expectFailure,
  firstPage,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";

const { agents } = api.queries;
const { create, remove, restore, update } = api.mutations.agents;

onEachDriver(() => {
  const deployment = sharedSetup();
  let tenants = 0;
  const newTenant = () => tenantWith(deployment(), { subject: `history-${tenants++}` });

  describe("an agent's history", () => {
    test("has each change, who made it and what it changed, as has the activity log", async () => {
      const acme = await newTenant();
      const agentId = await acme.as.mutation(create, supportBot());
      await acme.as.mutation(update, { agentId, name: "Triage", monthlyBudget: "0.000000000001" });
      await acme.as.mutation(remove, { agentId });

      expect(await versionsOf(acme, agentId)).toMatchObject([
        { version: 3, changedFields: ["status"], createdBy: acme.userId },
        { version: 2, changedFields: ["monthlyBudget", "name"], createdBy: acme.userId },
        { version: 1, createdBy: acme.userId },
      ]);
      expect(await acme.as.query(agents.get, { agentId })).toMatchObject({ version: 3 });
      const log = await acme.as.query(api.queries.activity.list, {
        entityTable: "agents",
        entityId: agentId,
        paginationOpts: firstPage,
      });
      expect(log.page.map(({ action }) => action)).toEqual([
        "agents.archive",
        "agents.update",
        "agents.create",
      ]);
      expect(log.page[1]!.changes).toEqual([
        { field: "monthlyBudget", to: '"0.000000000001"' },
        { field: "name", from: '"Customer Support Bot"', to: '"Triage"' },
      ]);
    });

    test("does not grow by what changes nothing", async () => {
      const acme = await newTenant();
      const agentId = await acme.as.mutation(create, supportBot());
      await acme.as.mutation(update, { agentId, ...supportBot() });
      expect(await acme.as.mutation(restore, { agentId, version: 1 })).toBe(1);
      expect(await versionsOf(acme, agentId)).toHaveLength(1);
    });

    test("of an agent that is older than histories begins with what it was", async () => {
      const acme = await newTenant();
      const agentId = await acme.as.mutation(create, supportBot());
      await deployment().run(async (ctx) => {
        await ctx.db.patch(agentId, { version: undefined });
        for await (const row of ctx.db.query("agent_versions")) {
          if (row.agentId === agentId) await ctx.db.delete(row._id);
        }
      });
      await acme.as.mutation(update, { agentId, name: "Triage" });
      expect(await acme.as.mutation(restore, { agentId, version: 1 })).toBe(3);
      expect(await acme.as.query(agents.get, { agentId })).toMatchObject(supportBot());
    });

    test("shows a change whole, however long", async () => {
      const acme = await newTenant();
      const agentId = await acme.as.mutation(create, supportBot());
      const systemPrompt = "x".repeat(32_000);
      await acme.as.mutation(update, { agentId, systemPrompt });
      expect(await acme.as.query(agents.diff, { agentId, from: 2, to: 1 })).toEqual([
        {
          field: "systemPrompt",
          from: JSON.stringify(systemPrompt),
          to: JSON.stringify(supportBot().systemPrompt),
        },
      ]);
    });

    test("knows no version that never was", async () => {
      const acme = await newTenant();
      const agentId = await acme.as.mutation(create, supportBot());
      const missing = { kind: "not_found", entity: "agent version", id: "2" } as const;
      await expectFailure(acme.as.mutation(restore, { agentId, version: 2 }), missing);
      await expectFailure(acme.as.query(agents.version, { agentId, version: 2 }), missing);
      await expectFailure(acme.as.query(agents.diff, { agentId, from: 1, to: 2 }), missing);
    });
  });

  test("restoring leaves an archived agent archived, and takes no room in the plan", async () => {
    const acme = await newTenant();
    const agentId = await acme.as.mutation(create, supportBot());
    await acme.as.mutation(update, { agentId, name: "Triage" });
    await acme.as.mutation(remove, { agentId });
    await acme.as.mutation(restore, { agentId, version: 1 });
    const { name } = supportBot();
    expect(await acme.as.query(agents.get, { agentId })).toMatchObject({
      name,
      status: "archived",
    });
    expect(await acme.as.query(agents.search, { query: name })).toHaveLength(1);
    expect(await acme.as.query(agents.stats, {})).toMatchObject({ activeAgents: 0 });
  });

  test("whatever was changed and restored, each version is what the agent was then", async () => {
    const change = fc.record(
      {
        name: fc.constantFrom("One", "Two"),
        description: fc.constantFrom("Long", null),
        temperature: fc.constantFrom(0.5, null),
        monthlyBudget: fc.constantFrom("1.5", null),
        metadata: fc.constantFrom({ team: "a" }, null),
      },
      { requiredKeys: [] },
    );
    const step = fc.oneof(change, fc.nat({ max: 20 }));
    const runs = fc.array(step, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(runs, async (steps) => {
        const acme = await newTenant();
        const agentId = await acme.as.mutation(create, supportBot());
        const now = async () => settingsOf(await acme.as.query(agents.get, { agentId }));
        const history = [await now()];
        for (const next of steps) {
          if (typeof next === "number") {
            const version = (next % history.length) + 1;
            await acme.as.mutation(restore, { agentId, version });
            expect(await now()).toEqual(history[version - 1]);
          } else {
            await acme.as.mutation(update, { agentId, ...next });
          }
          const { version } = await acme.as.query(agents.get, { agentId });
          if (version > history.length) history.push(await now());
          expect(version).toBe(history.length);
        }
        for (const [index, settings] of history.entries()) {
          const version = index + 1;
          const kept = await acme.as.query(agents.version, { agentId, version });
          expect(kept.settings).toEqual(settings);
          const diff = await acme.as.query(agents.diff, { agentId, from: 1, to: version });
          expect(diff.length === 0).toBe(sorted(settings) === sorted(history[0]!));
        }
      }),
      { numRuns: 5, seed: 7 },
    );
  });
});

async function versionsOf({ as }: Member, agentId: Id<"agents">) {
  const { page } = await as.query(agents.versions, { agentId, paginationOpts: firstPage });
  return page;
}

function sorted(settings: object): string {
  return JSON.stringify(Object.entries(settings).toSorted(([a], [b]) => a.localeCompare(b)));
}

/** What of an agent's view its versions hold. */
function settingsOf({
  _id,
  tenantId: _tenantId,
  slug: _slug,
  version: _version,
  createdBy: _createdBy,
  createdAt: _createdAt,
  updatedAt: _updatedAt,
  ...settings
}: {
  _id: string;
  tenantId: string;
  slug?: string;
  version: number;
  createdBy: string;
  createdAt: number;
  updatedAt: number;
}) {
  return settings;
}
