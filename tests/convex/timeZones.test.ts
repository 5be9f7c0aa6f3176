/** A tenant's own time zone: where its days begin, and so its budgets' windows and what its sums count by. */
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { hourIn } from "../../src/core/periods";
import {
  expectFailure,
  failureOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";
import { foldAll, sumsOf } from "./sums";

const setZone = (of: Member, timeZone: string | null) =>
  of.as.mutation(api.mutations.tenants.update, { timeZone });

onEachDriver(() => {
  const open = sharedSetup();

  test("is an IANA name, is shown and taken away again; anything else is refused", async () => {
    const acme = await tenantWith(open(), { subject: "zone" });
    expect(await acme.as.query(api.queries.tenants.get, {})).not.toHaveProperty("timeZone");
    await setZone(acme, "Asia/Kolkata");
    expect(await acme.as.query(api.queries.tenants.get, {})).toMatchObject({
      timeZone: "Asia/Kolkata",
    });
    for (const bad of ["Berlin", "", "UTC+2:70", "Europe/Atlantis"]) {
      await expectFailure(setZone(acme, bad), {
        kind: "invalid_argument",
        field: "timeZone",
        reason: 'give an IANA name, as "Europe/Berlin" or "Asia/Kolkata", or null for UTC',
      });
    }
    await setZone(acme, null);
    expect(await acme.as.query(api.queries.tenants.get, {})).not.toHaveProperty("timeZone");
  });

  test.each([
    // Half an hour beside UTC; the hour names its offset.
    ["Asia/Kolkata", "hour", "2026-11-20T12:59Z", "2026-11-20T18+05:30", "2026-11-20T13:30Z"],
    ["Asia/Kolkata", "day", "2026-11-20T18:29Z", "2026-11-20", "2026-11-20T18:30Z"],
    ["Asia/Kolkata", "day", "2026-11-20T18:30Z", "2026-11-21", "2026-11-21T18:30Z"],
    // Days of 25 and of 23 hours.
    ["Europe/Berlin", "day", "2026-10-24T22:00Z", "2026-10-25", "2026-10-25T23:00Z"],
    ["Europe/Berlin", "day", "2026-03-28T23:00Z", "2026-03-29", "2026-03-29T22:00Z"],
    // The hour that comes twice.
    ["Europe/Berlin", "hour", "2026-10-25T00:30Z", "2026-10-25T02+02:00", "2026-10-25T01:00Z"],
    ["Europe/Berlin", "hour", "2026-10-25T01:30Z", "2026-10-25T02+01:00", "2026-10-25T02:00Z"],
    ["Europe/Berlin", "week", "2026-10-25T22:59Z", "2026-W43", "2026-10-25T23:00Z"],
    ["Pacific/Kiritimati", "month", "2026-10-31T10:00Z", "2026-11", "2026-11-30T10:00Z"],
    ["America/New_York", "month", "2026-11-01T03:59Z", "2026-10", "2026-11-01T04:00Z"],
    ["America/New_York", "total", "2026-11-01T03:59Z", "", null],
  ] as const)("of %s: the budget's %s at %s is %s, to %s", async (...one) => {
    const [zone, window, at, period, end] = one;
    const acme = await tenantWith(open(), { subject: `${zone} ${window} ${at}` });
    await setZone(acme, zone);
    const about = { name: "One", dimension: "tenant", window, limit: 1 } as const;
    const policyId = await acme.as.mutation(api.mutations.budgets.create, about);
    const nowMs = Date.parse(at);
    expect(await acme.as.query(api.queries.budgets.get, { policyId, nowMs })).toMatchObject({
      period,
      resetsAtMs: end === null ? null : Date.parse(end),
    });
  });

  test("holds from its change on: what was counted stays where it is", async () => {
    const acme = await tenantWith(open(), { subject: "change" });
    const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
    const spend = async () => await bookedHour(acme, agentId);
    const zones = ["UTC", "Asia/Kolkata", "Pacific/Kiritimati"];
    const hours: string[] = [];
    for (const zone of zones) {
      await setZone(acme, zone);
      hours.push(await spend());
    }
    const now = Date.now();
    const near = (zone: string) => [hourIn(zone, now), hourIn(zone, now - 60_000)];
    for (const [n, zone] of zones.entries()) expect(near(zone)).toContain(hours[n]);
    const { tallies } = await open().run((ctx) => sumsOf(ctx, acme.tenantId));
    const counted = tallies.filter(({ sums }) => sums.costEvents > 0);
    expect(counted.map(({ period }) => period).toSorted()).toEqual(hours.toSorted());
    const summary = await acme.as.query(api.queries.costs.summary, {});
    expect(summary.exact.total).toMatchObject({ costUsd: "3", costEvents: 3 });
  });

  test("an hour without its offset is of the tenant's own zone, or as it was counted", async () => {
    const acme = await tenantWith(open(), { subject: "bare hours" });
    const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
    const bare = async (hour: string) => {
      const ask = { period: hour, paginationOpts: { numItems: 10, cursor: null } };
      return await acme.as.query(api.queries.costs.byAgent, ask);
    };
    const inUtc = await bookedHour(acme, agentId);
    await foldAll(open());
    await setZone(acme, "Asia/Kolkata");
    const hour = await bookedHour(acme, agentId);
    expect(await bare(hour.slice(0, inUtc.length))).toMatchObject({
      period: hour,
      whole: { costUsd: "1" },
    });
    expect(await bare(inUtc)).toMatchObject({ period: inUtc, whole: { costUsd: "1" } });
    await setZone(acme, "Europe/Berlin");
    expect(await bare("2026-07-01T12")).toMatchObject({ period: "2026-07-01T12+02:00" });
    const refusals = [
      ["2026-10-25T02", "2026-10-25T02+02:00 or 2026-10-25T02+01:00"],
      ["2026-03-29T02", "Europe/Berlin has no such hour"],
    ] as const;
    for (const [name, reason] of refusals) {
      expect(await failureOf(bare(name))).toMatchObject({
        field: "period",
        reason: expect.stringContaining(reason) as string,
      });
    }
  });

  async function bookedHour(acme: Member, agentId: Id<"agents">): Promise<string> {
    const id = await acme.as.mutation(api.mutations.costs.create, {
      agentId,
      model: "claude-opus-4-6",
      provider: "anthropic",
      inputTokens: 0,
      outputTokens: 0,
      inputCost: 1,
      outputCost: 0,
    });
    const event = await open().run((ctx) => ctx.db.get("cost_events", id));
    return event?.period ?? "";
  }
});
