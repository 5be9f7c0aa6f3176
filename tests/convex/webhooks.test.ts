/** Webhooks out, through the doors and to a real socket. */
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { MutationCtx } from "../../convex/_generated/server";
import type { Simulator } from "../../src/providers/simulator/server";
import { openReceiver, type Receiver, type Received } from "../support/receiver";
import type { Backend, Caller } from "./drivers";
import { expectFailure, failureOf, firstPage, onEachDriver, tenantWith } from "./setup";
import { ENDED, runIn, scene, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
let receiver: Receiver;
beforeAll(async () => {
  simulator = await simulatorFor();
  receiver = await openReceiver();
});
afterEach(() => {
  simulator.control.reset();
  receiver.reset();
});
afterAll(async () => {
  await simulator.close();
  await receiver.close();
});

/** Endpoints; more than one query of the worker looks at. */
const MANY = 450;
/** Deliveries of one of them; more than are taken at once. */
const BACKLOG = 40;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const OTHER_AGENT = {
  name: "Another",
  systemPrompt: "Answer.",
  model: "claude-opus-4-6",
  provider: "anthropic",
} as const;

type Stage = Scene & { endpointId: Id<"webhook_endpoints">; secret: string };

/** A tenant with an endpoint at the receiver. */
async function listening(events: string[] = ["*"]): Promise<Stage> {
  const stage = await scene();
  await stage.t.setVariables({ PRIVATE_PROVIDER_URLS: "true" });
  const url = `${receiver.url}/in`;
  const made = await stage.as.action(api.actions.webhooks.create, { url, events });
  return { ...stage, ...made };
}

/** Everything that is due is delivered. */
async function deliverAll(t: Backend): Promise<void> {
  await t.finishScheduled();
  await t.mutation(internal.jobs.webhooks.start, {});
  await t.finishScheduled();
}

/** Time goes by until all that waits is due. */
async function later(t: Backend): Promise<void> {
  await t.run(async (ctx) => {
    for (const row of await ctx.db.query("webhook_deliveries").collect()) {
      if (row.dueAtMs !== undefined)
        await ctx.db.patch("webhook_deliveries", row._id, { dueAtMs: 1 });
    }
    for (const row of await ctx.db.query("webhook_health").collect()) {
      await ctx.db.patch("webhook_health", row._id, { restsUntilMs: 0 });
    }
  });
  await deliverAll(t);
}

async function deliveriesOf(as: Caller) {
  return (await as.query(api.queries.webhooks.deliveries, { paginationOpts: firstPage })).page;
}

/** Ids of endpoints that were. */
async function goneEndpoints(
  ctx: MutationCtx,
  like: Id<"webhook_endpoints">,
): Promise<Id<"webhook_endpoints">[]> {
  const { _id, _creationTime, ...row } = (await ctx.db.get("webhook_endpoints", like))!;
  const ids: Id<"webhook_endpoints">[] = [];
  for (let count = 0; count < MANY; count++) {
    const id = await ctx.db.insert("webhook_endpoints", row);
    await ctx.db.delete("webhook_endpoints", id);
    ids.push(id);
  }
  return ids;
}

/** A delivery to each of them, like one that was made before. */
async function waitFor(
  ctx: MutationCtx,
  lanes: readonly Id<"webhook_endpoints">[],
  { dueAtMs }: { dueAtMs: number },
): Promise<void> {
  const made = (await ctx.db.query("webhook_deliveries").first())!;
  const { _id, _creationTime, endedAt: _endedAt, ...row } = made;
  for (const lane of lanes) {
    const waits = { state: "pending", endpointId: lane, lane, dueAtMs } as const;
    await ctx.db.insert("webhook_deliveries", { ...row, ...waits });
  }
}

async function statesOf(ctx: MutationCtx, endpointId: Id<"webhook_endpoints">): Promise<string[]> {
  const all = await ctx.db.query("webhook_deliveries").collect();
  return all.filter((row) => row.endpointId === endpointId).map(({ state }) => state);
}

async function ended({ as, agentId }: Scene): Promise<Id<"runs">> {
  const { runId } = await as.mutation(api.mutations.messages.send, { agentId, content: "Hi" });
  await runIn(as, runId, ENDED);
  return runId;
}

function verified({ body, headers }: Received, secret: string): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}

onEachDriver(() => {
  describe("a run that ends", () => {
    test("is told of to whoever wants to know, signed, once, and without what was said", async () => {
      const stage = await listening(["run.*"]);
      const { as, t, agentId, secret, endpointId } = stage;
      simulator.control.reply({ text: "the secret of the bishop" });
      const runId = await ended(stage);
      await deliverAll(t);

      const [first, ...others] = receiver.received;
      expect(others).toEqual([]);
      expect(verified(first!, secret)).toEqual(JSON.parse(first!.body));
      expect(first!.type).toBe("run.completed");
      const run = await as.query(api.queries.runs.get, { runId });
      const { totalCostUsd, totalTokens, sessionId } = run;
      expect(first!.data).toMatchObject({ runId, agentId, sessionId, totalCostUsd, totalTokens });
      expect(totalCostUsd).not.toBe("0");
      expect(first!.body).not.toContain("bishop");
      expect(first!.body.length).toBeLessThan(20_000);

      const [delivery, ...more] = await deliveriesOf(as);
      expect(more).toEqual([]);
      expect(delivery).toMatchObject({ state: "delivered", endpointId, eventId: first!.id });
      expect(delivery!.attempts).toMatchObject([{ status: 204 }]);
    });
  });

  describe("a delivery that fails", () => {
    test("is tried again later under the same id, and says what was answered", async () => {
      const { as, t, endpointId } = await listening();
      receiver.answer(500);
      const deliveryId = await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
      await deliverAll(t);
      const waiting = await as.query(api.queries.webhooks.delivery, { deliveryId });
      expect(waiting).toMatchObject({ state: "pending", attemptCount: 1 });
      expect(waiting.nextAttemptAtMs! - Date.now()).toBeGreaterThan(1_000);
      expect(waiting.nextAttemptAtMs! - Date.now()).toBeLessThan(6_000);

      receiver.answer((_received, response) => response.destroy());
      await later(t);
      receiver.answer(204);
      await later(t);
      const delivered = await as.query(api.queries.webhooks.delivery, { deliveryId });
      expect(delivered).toMatchObject({ state: "delivered", nextAttemptAtMs: null });
      expect(delivered.attempts).toMatchObject([
        { status: 500 },
        { status: null, error: "the connection was reset" },
        { status: 204 },
      ]);
      expect(receiver.received.map(({ id }) => id)).toEqual(Array(3).fill(delivered.eventId));
      expect(new Set(receiver.received.map(({ body }) => body))).toEqual(
        new Set([delivered.payload]),
      );
    });

    test("is given up after ten attempts, says why, and is sent again when somebody asks", async () => {
      const { as, t, endpointId } = await listening();
      receiver.answer(500);
      const { sendTest, replay, replayDead } = api.mutations.webhooks;
      const ids = [
        await as.mutation(sendTest, { endpointId }),
        await as.mutation(sendTest, { endpointId }),
      ];
      await deliverAll(t);
      for (let attempts = 1; attempts < 10; attempts++) await later(t);
      expect(receiver.received).toHaveLength(20);
      await later(t);
      expect(receiver.received).toHaveLength(20);
      for (const row of await deliveriesOf(as)) {
        expect(row).toMatchObject({ state: "dead", attemptCount: 10, nextAttemptAtMs: null });
        expect(row.deadReason).toBe("The last attempt was answered 500.");
      }

      receiver.answer(204);
      await as.mutation(replay, { deliveryId: ids[0]! });
      await deliverAll(t);
      const [again] = receiver.received.slice(20);
      const { eventId } = await as.query(api.queries.webhooks.delivery, { deliveryId: ids[0]! });
      expect(again?.id).toBe(eventId);
      const rest = await as.mutation(replayDead, { endpointId, sinceMs: 0 });
      expect(rest).toEqual({ replayedCount: 1, hasMore: false });
      await deliverAll(t);
      expect((await deliveriesOf(as)).map(({ state }) => state)).toEqual([
        "delivered",
        "delivered",
      ]);
      const [one] = (await deliveriesOf(as)).filter(({ _id }) => _id === ids[0]);
      expect(one!.attempts).toHaveLength(11);
      const none = await as.mutation(replayDead, { endpointId, sinceMs: 0 });
      expect(none).toEqual({ replayedCount: 0, hasMore: false });
    });

    test("waits as long as the receiver asks, and so do the endpoint's others", async () => {
      const { as, t, endpointId } = await listening();
      receiver.answer((_received, response) =>
        response.writeHead(429, { "retry-after": "120" }).end(),
      );
      const deliveryId = await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
      await deliverAll(t);
      const { nextAttemptAtMs } = await as.query(api.queries.webhooks.delivery, { deliveryId });
      expect(nextAttemptAtMs! - Date.now()).toBeGreaterThan(110_000);
      await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
      await deliverAll(t);
      expect(receiver.received).toHaveLength(1);
      receiver.answer(204);
      await later(t);
      expect(receiver.received).toHaveLength(3);
      expect((await as.query(api.queries.webhooks.get, { endpointId })).failingSinceMs).toBe(
        undefined,
      );
    });

    test("is due at once when an operator says so, also at an endpoint that is left alone", async () => {
      const { as, t, endpointId } = await listening();
      receiver.answer((_received, response) =>
        response.writeHead(429, { "retry-after": "120" }).end(),
      );
      const { sendTest } = api.mutations.webhooks;
      for (let n = 0; n < 2; n++) {
        await as.mutation(sendTest, { endpointId });
        await deliverAll(t);
      }
      expect(receiver.received).toHaveLength(1);
      receiver.answer(204);
      await t.mutation(internal.jobs.webhooks.retryNow, {});
      await deliverAll(t);
      expect(receiver.received).toHaveLength(3);
      const states = (await deliveriesOf(as)).map(({ state }) => state);
      expect(states).toEqual(["delivered", "delivered"]);
    });

    test("waits while its tenant is suspended, and is sent once it is back", async () => {
      const { as, t, endpointId, tenantId } = await listening();
      receiver.answer(500);
      const deliveryId = await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
      await deliverAll(t);
      const slug = await t.run(async (ctx) => (await ctx.db.get("tenants", tenantId))!.slug);
      await t.mutation(internal.jobs.tenants.suspend, { slug });
      receiver.answer(204);
      await later(t);
      expect(receiver.received).toHaveLength(1);
      const waiting = await t.run(
        async (ctx) => await ctx.db.get("webhook_deliveries", deliveryId),
      );
      expect(waiting).toMatchObject({ state: "pending", attemptCount: 1 });
      expect(waiting!.dueAtMs! - Date.now()).toBeGreaterThan(300_000);

      await t.mutation(internal.jobs.tenants.resume, { slug });
      await later(t);
      expect(receiver.received).toHaveLength(2);
      expect(await deliveriesOf(as)).toMatchObject([{ state: "delivered", attemptCount: 2 }]);
    });

    test("is not followed to where the receiver redirects", async () => {
      const { as, t, endpointId } = await listening();
      const other = await openReceiver();
      receiver.answer((_received, response) =>
        response.writeHead(307, { location: other.url }).end(),
      );
      await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
      await deliverAll(t);
      await other.close();
      expect(other.connections).toBe(0);
      expect(await deliveriesOf(as)).toMatchObject([
        { state: "pending", attempts: [{ status: 307 }] },
      ]);
    });
  });

  describe("a worker that dies", () => {
    test("loses nothing: its deliveries are another's once their lease is over; what it says then is not heard", async () => {
      const { as, t, endpointId } = await listening();
      const { claim, book } = internal.jobs.webhooks;
      const deliveryId = await as.run(async (ctx) => {
        const id = await ctx.runMutation(api.mutations.webhooks.sendTest, { endpointId });
        await ctx.runMutation(claim, { ids: [id], leaseToken: "dead" });
        return id;
      });
      await deliverAll(t);
      expect(receiver.received).toEqual([]);
      expect(await deliveriesOf(as)).toMatchObject([{ state: "delivering" }]);
      await expectFailure(as.mutation(api.mutations.webhooks.replay, { deliveryId }), {
        kind: "conflict",
        entity: "webhook_delivery",
        reason: "it is being sent",
      });
      expect(await t.mutation(claim, { ids: [deliveryId], leaseToken: "another" })).toEqual([]);

      await later(t);
      expect(receiver.received).toHaveLength(1);
      const attempt = { at: Date.now(), durationMs: 1, status: 500 };
      await t.mutation(book, { outcomes: [{ deliveryId, attempt }], leaseToken: "dead" });
      expect(await deliveriesOf(as)).toMatchObject([
        { state: "delivered", attempts: [{ status: 204 }] },
      ]);
    });
  });

  describe("an endpoint", () => {
    test("that answers 410 is disabled, says why, and gets nothing more", async () => {
      const { as, t, endpointId, tenantId } = await listening();
      receiver.answer(410);
      const { sendTest, enable, replay } = api.mutations.webhooks;
      const deliveryId = await as.mutation(sendTest, { endpointId });
      await deliverAll(t);
      const endpoint = await as.query(api.queries.webhooks.get, { endpointId });
      expect(endpoint).toMatchObject({
        status: "disabled",
        disabledReason: "It answered 410: it wants nothing more.",
      });
      expect(await deliveriesOf(as)).toMatchObject([{ state: "dead" }]);
      const log = await as.query(api.queries.activity.list, {
        tenantId,
        entityTable: "webhook_endpoints",
        entityId: endpointId,
        paginationOpts: firstPage,
      });
      expect(log.page.map(({ action, actor }) => [action, actor.kind])).toEqual([
        ["webhook_endpoints.disable", "system"],
        ["webhook_endpoints.enable", "user"],
        ["webhook_endpoints.create", "user"],
      ]);
      const disabled = {
        kind: "conflict",
        entity: "webhook_delivery",
        reason: "its endpoint is disabled",
      } as const;
      await expectFailure(as.mutation(sendTest, { endpointId }), disabled);
      await expectFailure(as.mutation(replay, { deliveryId }), disabled);
      await as.mutation(api.mutations.agents.create, { ...OTHER_AGENT });
      expect(await deliveriesOf(as)).toHaveLength(1);

      receiver.answer(204);
      await as.mutation(enable, { endpointId });
      await as.mutation(replay, { deliveryId });
      await deliverAll(t);
      expect(await deliveriesOf(as)).toMatchObject([{ state: "delivered" }]);
    });

    test("that has taken nothing for five days, or lost fifty in a row, is disabled", async () => {
      const { as, t, endpointId, tenantId } = await listening();
      receiver.answer(500);
      const failing = async (health: { deadInARow: number; failingSinceMs: number }) => {
        await as.mutation(api.mutations.webhooks.enable, { endpointId });
        const deliveryId = await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
        await t.run(async (ctx) => {
          const row = { tenantId, endpointId, failures: 1, restsUntilMs: 0, ...health };
          for (const one of await ctx.db.query("webhook_health").collect()) {
            await ctx.db.delete("webhook_health", one._id);
          }
          await ctx.db.insert("webhook_health", row);
          await ctx.db.patch("webhook_deliveries", deliveryId, { attemptCount: 9 });
        });
        await deliverAll(t);
        return (await as.query(api.queries.webhooks.get, { endpointId })).disabledReason;
      };
      const nowMs = Date.now();
      expect(await failing({ deadInARow: 48, failingSinceMs: nowMs - 4 * DAY_MS })).toBe(undefined);
      expect(await failing({ deadInARow: 49, failingSinceMs: nowMs })).toBe(
        "50 deliveries in a row came to nothing.",
      );
      const sinceMs = nowMs - 5 * DAY_MS;
      expect(await failing({ deadInARow: 0, failingSinceMs: sinceMs })).toBe(
        `Nothing was delivered since ${new Date(sinceMs).toISOString()}.`,
      );
    });

    test("goes on signing with the present secret, whatever rotations have died", async () => {
      const { t, as, tenantId, endpointId, secret: old } = await listening();
      for (let nth = 0; nth < 3; nth++) {
        await t.run(async (ctx) => {
          const times = { createdAt: Date.now(), expiresAtMs: Date.now() + DAY_MS };
          await ctx.db.insert("webhook_secrets", { tenantId, endpointId, ...times });
        });
      }
      const { secret } = await as.action(api.actions.webhooks.rotateSecret, { endpointId });
      await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
      await deliverAll(t);
      for (const one of [old, secret]) verified(receiver.received[0]!, one);
    });

    test("is as good as new at another address", async () => {
      const { t, as, tenantId, endpointId } = await listening();
      await t.run(async (ctx) => {
        const restsUntilMs = Date.now() + DAY_MS;
        const row = { failures: 9, deadInARow: 49, failingSinceMs: 1, restsUntilMs };
        await ctx.db.insert("webhook_health", { tenantId, endpointId, ...row });
      });
      await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
      await deliverAll(t);
      expect(receiver.received).toHaveLength(0);
      const url = `${receiver.url}/elsewhere`;
      await as.mutation(api.mutations.webhooks.update, { endpointId, url });
      await deliverAll(t);
      expect(receiver.received).toHaveLength(1);
    });

    test("has its secret told once; after a rotation both sign for a day, then the new one", async () => {
      const stage = await listening();
      const { as, t, endpointId, secret: old } = stage;
      const { secret } = await as.action(api.actions.webhooks.rotateSecret, { endpointId });
      expect(secret).not.toBe(old);
      const { sendTest } = api.mutations.webhooks;
      await as.mutation(sendTest, { endpointId });
      await deliverAll(t);
      for (const one of [old, secret]) verified(receiver.received[0]!, one);

      await t.run(async (ctx) => {
        for (const { _id, expiresAtMs } of await ctx.db.query("webhook_secrets").collect()) {
          if (expiresAtMs === undefined) continue;
          expect(Math.abs(expiresAtMs - Date.now() - DAY_MS)).toBeLessThan(60_000);
          await ctx.db.patch("webhook_secrets", _id, { expiresAtMs: 1 });
        }
      });
      await as.mutation(sendTest, { endpointId });
      await deliverAll(t);
      verified(receiver.received[1]!, secret);
      expect(() => verified(receiver.received[1]!, old)).toThrow();
      await t.mutation(internal.jobs.webhooks.sweep, {});
      expect(
        await t.run(async (ctx) => await ctx.db.query("webhook_secrets").collect()),
      ).toHaveLength(1);

      // Nobody reads them, wherever they look.
      const read = [
        await as.query(api.queries.webhooks.get, { endpointId }),
        await as.query(api.queries.webhooks.list, { paginationOpts: firstPage }),
        await deliveriesOf(as),
        await as.query(api.queries.activity.list, { paginationOpts: firstPage }),
        await as.query(api.queries.exports.page, { table: "webhook_secrets" }),
        await as.query(api.queries.exports.page, { table: "webhook_endpoints" }),
      ];
      const text = JSON.stringify(read);
      for (const one of [old, secret]) {
        expect(text).not.toContain(one.slice("whsec_".length, -4));
      }
      expect(text).not.toContain("ciphertext");
      expect(text).toContain(`••••${secret.slice(-4)}`);
    });

    test("is at a public address, which is asked for again before each request", async () => {
      const stage = await scene();
      const { as, t } = stage;
      const { create } = api.actions.webhooks;
      for (const url of [`${receiver.url}/in`, "https://localhost/", "https://169.254.169.254/"]) {
        const failure = await failureOf(as.action(create, { url, events: ["*"] }));
        expect(failure, url).toMatchObject({ kind: "invalid_argument", field: "url" });
      }
      const { endpointId } = await as.action(create, {
        url: "https://hooks.example.com/",
        events: ["*"],
      });
      const moved = as.mutation(api.mutations.webhooks.update, { endpointId, url: receiver.url });
      expect(await failureOf(moved)).toMatchObject({ kind: "invalid_argument", field: "url" });

      // What was allowed once is not any more.
      await t.setVariables({ PRIVATE_PROVIDER_URLS: "true" });
      const inside = await as.action(create, { url: `${receiver.url}/in`, events: ["*"] });
      await t.setVariables({ PRIVATE_PROVIDER_URLS: null });
      const test = { endpointId: inside.endpointId };
      const deliveryId = await as.mutation(api.mutations.webhooks.sendTest, test);
      await deliverAll(t);
      const { attempts } = await as.query(api.queries.webhooks.delivery, { deliveryId });
      expect(attempts).toMatchObject([
        { status: null, error: "the address must begin with https://" },
      ]);
      expect(receiver.connections).toBe(0);
    });

    test("that hangs keeps nobody else's deliveries waiting", async () => {
      const { as, t, endpointId } = await listening(["webhook.*"]);
      const held: (() => void)[] = [];
      receiver.answer((_received, response) => void held.push(() => response.writeHead(204).end()));
      for (let n = 0; n < 60; n++)
        await as.mutation(api.mutations.webhooks.sendTest, { endpointId });
      const bob = await tenantWith(t, { subject: "bob" });
      const other = await openReceiver();
      const made = await bob.as.action(api.actions.webhooks.create, {
        url: other.url,
        events: ["*"],
      });
      for (let n = 0; n < 5; n++) {
        await bob.as.mutation(api.mutations.webhooks.sendTest, { endpointId: made.endpointId });
      }
      await expect.poll(() => held.length).toBe(8);
      await expect.poll(() => other.received.length).toBe(5);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(held).toHaveLength(8); // and no more of them at once
      receiver.answer(204);
      for (const answer of held) answer();
      await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(60);
      await other.close();
      await deliverAll(t);
    }, 30_000);

    test("is found among many for whom something waits until later, and the worker ends all the same", async () => {
      const stage = await listening(["run.completed"]);
      const { t, endpointId } = stage;
      await ended(stage);
      await deliverAll(t);
      receiver.reset();
      await t.run(async (ctx) => {
        const gone = await goneEndpoints(ctx, endpointId);
        await waitFor(ctx, gone, { dueAtMs: Date.now() + DAY_MS });
      });
      await ended(stage);
      await deliverAll(t);
      expect(receiver.received.map(({ type }) => type)).toEqual(["run.completed"]);
    });

    test("is gone on with until nothing is due, though most of the others have nothing", async () => {
      const stage = await listening(["run.completed"]);
      const { t } = stage;
      await ended(stage);
      await deliverAll(t);
      // Endpoints that are gone: what is due for them is given up, and needs no receiver.
      const [first, ...others] = (
        await t.run((ctx) => goneEndpoints(ctx, stage.endpointId))
      ).sort();
      await t.run(async (ctx) => {
        await waitFor(ctx, others, { dueAtMs: Date.now() + DAY_MS });
        for (let n = 0; n < BACKLOG; n++)
          await waitFor(ctx, [first!], { dueAtMs: Date.now() - MINUTE_MS });
      });
      await t.mutation(internal.jobs.webhooks.start, {});
      await t.finishScheduled();
      expect(await t.run((ctx) => statesOf(ctx, first!))).toEqual(Array(BACKLOG).fill("dead"));
    });

    test("is made, changed, disabled and removed by its tenant, and there are twenty at most", async () => {
      const { as, t, endpointId, agentId } = await listening(["agent.updated"]);
      const { update, disable, enable, remove } = api.mutations.webhooks;
      const rename = async (name: string) =>
        void (await as.mutation(api.mutations.agents.update, { agentId, name }));
      await as.mutation(update, {
        endpointId,
        description: " Ours ",
        events: ["agent.*", "agent.*"],
      });
      const endpoint = await as.query(api.queries.webhooks.get, { endpointId });
      expect(endpoint).toMatchObject({
        description: "Ours",
        events: ["agent.*"],
        status: "active",
      });
      for (const events of [[], ["nobody.*"], Array(51).fill("*") as string[]]) {
        const failure = await failureOf(as.mutation(update, { endpointId, events }));
        expect(failure).toMatchObject({ kind: "invalid_argument", field: "events" });
      }
      await as.mutation(disable, { endpointId });
      await as.mutation(disable, { endpointId });
      await rename("Unheard");
      await as.mutation(enable, { endpointId });
      await rename("Heard");
      await deliverAll(t);
      expect(receiver.received.map(({ type }) => type)).toEqual(["agent.updated"]);

      await as.mutation(remove, { endpointId });
      await rename("Unheard again");
      await deliverAll(t);
      expect(receiver.received).toHaveLength(1);
      expect(
        await as.query(api.queries.webhooks.list, { paginationOpts: firstPage }),
      ).toMatchObject({ page: [] });
      expect(await t.run(async (ctx) => await ctx.db.query("webhook_secrets").collect())).toEqual(
        [],
      );
      const made = { url: receiver.url, events: ["*"] };
      for (let n = 0; n < 20; n++) await as.action(api.actions.webhooks.create, made);
      await expectFailure(as.action(api.actions.webhooks.create, made), {
        kind: "limit_reached",
        what: "webhook_endpoints",
        limit: 20,
      });
    });
  });
});
