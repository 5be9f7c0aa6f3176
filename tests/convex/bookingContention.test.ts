/** Fifty writers book one tenant's costs where a mutation counts as having taken 20 ms, as at Convex. */
import { expect, onTestFinished, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { fold, SETTLED_MS } from "../../convex/model/rollups/fold";
import { openEmbedded } from "./drivers";
import { supportBot, tenantWith } from "./setup";
import { foldAll } from "./sums";

const WRITERS = 50;
/** 5,000 events in all with `BOOKINGS=100`. */
const BOOKINGS = Number(process.env["BOOKINGS"] ?? 12);

test("none is refused, none is lost, and folding meets nobody", async () => {
  const t = await openEmbedded({}, { occWindowMs: 20 });
  onTestFinished(() => t.close());
  const acme = await tenantWith(t, { subject: "contended" });
  const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
  const cost = { agentId, model: "gpt-5-mini", provider: "openai" as const };
  const book = async (n: number) =>
    await acme.as.mutation(api.mutations.costs.create, {
      ...cost,
      inputTokens: 10,
      outputTokens: 1,
      inputCost: "0.000001",
      outputCost: "0.000002",
      channel: `channel ${n}`,
    });
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, n) => {
      for (let i = 0; i < BOOKINGS; i++) {
        await book(n);
        // As the job does, of which there is one.
        if (n === 0)
          await t.run((ctx) => fold(ctx, { beforeMs: Date.now() - SETTLED_MS, nowMs: Date.now() }));
      }
    }),
  );
  const exact = async () => (await acme.as.query(api.queries.costs.summary, {})).exact.total;
  const expected = { costEvents: WRITERS * BOOKINGS, promptTokens: 10 * WRITERS * BOOKINGS };
  expect(await exact()).toMatchObject(expected);
  await foldAll(t);
  expect(await exact()).toMatchObject(expected);

  const { contention } = t.runtime.meter();
  expect(contention?.judged).toBeGreaterThanOrEqual(WRITERS * BOOKINGS);
  expect(contention?.failures).toBe(0);
  // The agent itself may have been made less than a window ago.
  expect(contention?.lines.filter(({ table }) => table !== "agents")).toEqual([]);
});
