/** Webhooks out, through the doors and to a real socket. */
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Simulator } from "../../src/providers/simulator/server";
import { openReceiver, type Receiver, type Received } from "../support/receiver";
import type { Backend, Caller } from "./drivers";
import { firstPage, onEachDriver } from "./setup";
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

type Stage = Scene & { endpointId: Id<"webhook_endpoints">; secret: string };

/** A tenant with an endpoint at the receiver. */
async function listening(events: string[] = ["*"]): Promise<Stage> {
  const stage = await scene();
  await stage.t.setVariables({ PRIVATE_PROVIDER_URLS: "true" });
  const url = `${receiver.url}/in`;
  const made = await stage.as.action(api.actions.webhooks.create, { url, events });
  return { ...stage, ...made };
}

/** Time goes by until what waits is due; then everything that is due is delivered. */
async function deliverAll(t: Backend): Promise<void> {
  await t.finishScheduled();
  await t.mutation(internal.jobs.webhooks.start, {});
  await t.finishScheduled();
}

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
  });
});
