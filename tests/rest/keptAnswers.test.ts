/** Answers that are kept for whoever asks again: long ones too, and never at the cost of who asks first. */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import * as jobs from "../../convex/jobs/rest";
import { internalMutation } from "../../convex/_generated/server";
import { DAY_MS } from "../../src/core/limits";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { openConvexTest, type Backend } from "../convex/drivers";
import { tenantWith } from "../convex/setup";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: Infinity });
});
afterAll(async () => await simulator.close());

type Ask = (path: string, body: object, key?: string) => Promise<Response>;

/** @param instead - Jobs that stand in the place of those that keep answers. */
async function program(instead: object = {}): Promise<{ t: Backend; ask: Ask }> {
  const variables = { OPENAI_API_KEY: "test", OPENAI_BASE_URL: simulator.openAiBaseUrl };
  const t = await openConvexTest(variables, { "jobs/rest.ts": { ...jobs, ...instead } });
  onTestFinished(async () => await t.close());
  const { as } = await tenantWith(t, { subject: "ann" });
  const scopes = ["models:call" as const, "keys:write" as const, "agents:read" as const];
  const { key } = await as.action(api.actions.keys.create, { name: "Tests", scopes });
  const ask: Ask = async (path, body, idempotencyKey = "one") =>
    await t.fetch(path, {
      method: "POST",
      headers: {
        "x-api-key": key,
        "content-type": "application/json",
        "idempotency-key": idempotencyKey,
      },
      body: JSON.stringify(body),
    });
  return { t, ask };
}

const failing = internalMutation({
  handler: () => {
    throw new Error("the database is away");
  },
});

const embeddings = (count: number) => ({
  model: "text-embedding-3-small",
  input: Array.from({ length: count }, (_, nth) => `text ${nth}`),
  encoding_format: "base64",
});

const isReplay = ({ headers }: Response) => headers.get("idempotent-replayed") === "true";

test("a long answer is kept whole, and goes whole", { timeout: 120_000 }, async () => {
  const { t, ask } = await program();
  const calls = simulator.ledger.entries.length;
  const first = await (await ask("/v1/embeddings", embeddings(700))).text();
  expect(first.length).toBeGreaterThan(5_000_000);
  const again = await ask("/v1/embeddings", embeddings(700));
  expect(isReplay(again)).toBe(true);
  expect((await again.text()) === first).toBe(true);
  expect(simulator.ledger.entries).toHaveLength(calls + 1);

  await t.run(async (ctx) => {
    for (const { _id } of await ctx.db.query("idempotency_keys").take(10)) {
      await ctx.db.patch("idempotency_keys", _id, { expiresAt: Date.now() - DAY_MS });
    }
  });
  await t.mutation(internal.jobs.rest.sweep, {});
  await t.finishScheduled();
  expect(await t.run(async (ctx) => await ctx.db.query("idempotency_pieces").first())).toBeNull();
});

test.each([["addPiece"], ["settle"]])(
  "who asks first has the answer, though %s fails",
  { timeout: 120_000 },
  async (name) => {
    const { ask } = await program({ [name]: failing });
    const answer = await ask("/v1/embeddings", embeddings(20));
    expect(answer.status).toBe(200);
    const { data } = (await answer.json()) as { data: object[] };
    expect(data).toHaveLength(20);
  },
);

test("a secret is shown though its answer cannot be kept", { timeout: 120_000 }, async () => {
  const { t, ask } = await program({ settle: failing });
  const made = await ask("/api/v1/keys", { name: "New", scopes: ["agents:read"] });
  expect(made.status).toBe(201);
  const { key } = (await made.json()) as { key: string };
  const looked = await t.fetch("/api/v1/agents", { headers: { "x-api-key": key } });
  expect(looked.status).toBe(200);
});
