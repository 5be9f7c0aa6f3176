import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { DAY_MS, MINUTE_MS } from "../../src/core/limits";
import { TENANT_FACTOR } from "../../src/core/rateLimits";
import { onEachDriver, setup, supportBot, tenantWith, type Member } from "./setup";
import type { Backend } from "./drivers";

const { write, admit, begin, addPiece, settle, piece, sweep, read } = internal.jobs.rest;
const CREATE = "mutations/agents:create";
const asks = { permission: "agents:write", routeClass: "write" } as const;
const under = { key: "one", requestHash: "a" };

const writes = (acme: Member, args: object = supportBot(), more: object = {}) =>
  acme.as.mutation(write, { request: asks, call: { door: CREATE, args }, ...more });

async function agentCount(acme: Member): Promise<number> {
  return (await acme.as.query(api.queries.agents.list, {})).length;
}

onEachDriver(() => {
  describe("a write", () => {
    test("is done once for each key: whoever asks again is told what was told first", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const twins = await Promise.all(
        Array.from({ length: 10 }, () => writes(acme, supportBot(), { under })),
      );
      expect(new Set(twins.map((one) => one.kind === "done" && one.value)).size).toBe(1);
      expect(twins.filter((one) => one.kind === "done" && one.isReplay)).toHaveLength(9);
      expect(await agentCount(acme)).toBe(1);
      expect(await writes(acme, supportBot(), { under: { ...under, key: "two" } })).toMatchObject({
        isReplay: false,
      });
      expect(await agentCount(acme)).toBe(2);
    });

    test("is refused under a key that stands for something else", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      await writes(acme, supportBot(), { under });
      const failure = { kind: "idempotency_key_reused", key: "one" };
      const other = { under: { ...under, requestHash: "b" } };
      expect(await writes(acme, supportBot(), other)).toMatchObject({ kind: "refused", failure });

      // A key of the same person's may do less than they: it is not told what they were told.
      const scopes = { name: "Writes agents", scopes: ["agents:write" as const] };
      const { key: apiKey } = await acme.as.action(api.actions.keys.create, scopes);
      const call = { door: CREATE, args: { ...supportBot(), apiKey } };
      const byKey = { request: { ...asks, apiKey }, call, under };
      expect(await t.mutation(write, byKey)).toMatchObject({ kind: "refused", failure });
      expect(await agentCount(acme)).toBe(1);
    });

    test("knows nothing of other tenants' keys", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const other = await tenantWith(t, { subject: "bob" });
      await writes(acme, supportBot(), { under });
      expect(await writes(other, supportBot(), { under })).toMatchObject({ isReplay: false });
      expect(await agentCount(other)).toBe(1);
    });

    test("that is refused leaves nothing behind but its count, and may be asked for again", async () => {
      const t = await setup({ API_RATE_LIMITS: '{"write": 3}' });
      const acme = await tenantWith(t, { subject: "ann" });
      const bad = { ...supportBot(), name: " " };
      expect(await writes(acme, bad, { under })).toMatchObject({
        failure: { kind: "invalid_argument", field: "name" },
        rate: { limit: 3, remaining: 2 },
      });
      expect(await writes(acme, supportBot(), { under })).toMatchObject({ isReplay: false });
      expect(await writes(acme)).toMatchObject({ rate: { remaining: 0, retryAfterMs: null } });
      const refused = await writes(acme);
      expect(refused).toMatchObject({ failure: { kind: "rate_limited" } });
      expect(refused.rate?.retryAfterMs).toBeGreaterThan(15_000);
      expect(await agentCount(acme)).toBe(2);
    });

    test("has its own limit beside reads, and each key its own beside the others'", async () => {
      const t = await setup({ API_RATE_LIMITS: '{"write": 1}' });
      const acme = await tenantWith(t, { subject: "ann" });
      await writes(acme);
      expect(await writes(acme)).toMatchObject({ failure: { kind: "rate_limited" } });
      const looks = { request: { permission: "agents:read", routeClass: "read" } } as const;
      expect(await acme.as.mutation(admit, looks)).toMatchObject({ kind: "admitted" });
      const scopes = { name: "Writes agents", scopes: ["agents:write" as const] };
      const { key: apiKey } = await acme.as.action(api.actions.keys.create, scopes);
      const call = { door: CREATE, args: { ...supportBot(), apiKey } };
      const byKey = { request: { ...asks, apiKey }, call };
      expect(await t.mutation(write, byKey)).toMatchObject({ kind: "done" });
    });

    test("that a key is refused takes nothing from the tenant's other keys", async () => {
      const t = await setup({ API_RATE_LIMITS: '{"write": 2}' });
      const acme = await tenantWith(t, { subject: "ann" });
      const scopes = { name: "Writes agents", scopes: ["agents:write" as const] };
      const { key: apiKey } = await acme.as.action(api.actions.keys.create, scopes);
      // More than all of the tenant's together may.
      for (let asked = 0; asked < 2 * TENANT_FACTOR + 1; asked++) await writes(acme);
      const byKey = {
        request: { ...asks, apiKey },
        call: { door: CREATE, args: { ...supportBot(), apiKey } },
      };
      expect(await t.mutation(write, byKey)).toMatchObject({ kind: "done" });
    });

    test("finds no row by what is no id of its table", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const ids = [{ table: "agents", text: acme.tenantId }];
      const args = { agentId: acme.tenantId };
      const call = { door: "mutations/agents:remove", args };
      const failure = { kind: "not_found", entity: "agent", id: acme.tenantId };
      expect(await acme.as.mutation(write, { request: { ...asks, ids }, call })).toMatchObject({
        failure,
      });
      const looked = acme.as.query(read, { ids, call: { door: "queries/agents:get", args } });
      await expect(looked).rejects.toMatchObject({ data: failure });
    });
  });

  describe("what is no transaction", () => {
    const beginAs = (acme: Member, leaseMs = MINUTE_MS) =>
      acme.as.mutation(begin, { request: asks, under, leaseMs });
    const answered = { kind: "answered" as const, status: 200, headers: [], pieceCount: 1 };

    test("is begun once, and its answer kept", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const begun = await beginAs(acme);
      if (begun.kind !== "begun") throw new Error(begun.kind);
      expect(await beginAs(acme)).toMatchObject({
        kind: "refused",
        failure: { kind: "conflict", entity: "request" },
      });
      const { rowId } = begun;
      expect(await t.mutation(addPiece, { rowId, index: 0, text: "hello" })).toBe(true);
      await t.mutation(settle, { rowId, answered });
      const again = await beginAs(acme);
      expect(again).toMatchObject({ kind: "answered", state: answered });
      expect(await t.query(piece, { rowId, index: 0 })).toBe("hello");
      expect(await t.mutation(addPiece, { rowId, index: 1, text: "late" })).toBe(false);
    });

    test("may be begun anew when it failed, or when nobody is at it any more", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const first = await beginAs(acme, 0);
      if (first.kind !== "begun") throw new Error(first.kind);
      const second = await beginAs(acme);
      if (second.kind !== "begun") throw new Error(second.kind);
      const late = { rowId: first.rowId, index: 0, text: "late" };
      expect(await t.mutation(addPiece, late)).toBe(false);
      await t.mutation(settle, { rowId: second.rowId, answered: null });
      expect(await beginAs(acme)).toMatchObject({ kind: "begun" });
    });

    test("is forgotten a day later, with its answer", async () => {
      const t = await setup();
      const acme = await tenantWith(t, { subject: "ann" });
      const begun = await beginAs(acme);
      if (begun.kind !== "begun") throw new Error(begun.kind);
      await t.mutation(addPiece, { rowId: begun.rowId, index: 0, text: "hello" });
      await t.mutation(sweep, {});
      expect(await counts(t)).toEqual([1, 1]);
      await age(t, DAY_MS + 1);
      await t.mutation(sweep, {});
      expect(await counts(t)).toEqual([0, 0]);
    });
  });
});

async function counts(t: Backend): Promise<number[]> {
  return await t.run(async (ctx) => [
    (await ctx.db.query("idempotency_keys").take(10)).length,
    (await ctx.db.query("idempotency_pieces").take(10)).length,
  ]);
}

async function age(t: Backend, byMs: number): Promise<void> {
  await t.run(async (ctx) => {
    for (const { _id, expiresAt } of await ctx.db.query("idempotency_keys").take(10)) {
      await ctx.db.patch("idempotency_keys", _id, { expiresAt: expiresAt - byMs });
    }
  });
}
