/** What becomes of streams in whose middle their tenant is suspended, or their key taken back. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { PERMISSIONS } from "../../src/core/permissions";
import { onEachDriver } from "../convex/setup";
import { ENDED, scene, type Scene } from "../convex/turn";
import { openWorld } from "../convex/world";

const world = openWorld();
const LONG = `Say: ${"word ".repeat(600).trim()}`;

type Key = { key: string; revoke: () => Promise<void> };

async function keyOf({ as }: Scene): Promise<Key> {
  const wanted = { name: "Streams", scopes: [...PERMISSIONS] };
  const { key, _id: id } = await as.action(api.actions.keys.create, wanted);
  return {
    key,
    revoke: async () => {
      await as.mutation(api.mutations.keys.revoke, { id });
    },
  };
}

async function suspend({ t, tenantId }: Scene): Promise<void> {
  const tenant = await t.run(async (ctx) => await ctx.db.get("tenants", tenantId));
  await t.mutation(internal.jobs.tenants.suspend, { slug: tenant!.slug });
}

const STREAMS = {
  "the native stream of a run": async (stage: Scene, { key }: Key) => {
    const sent = { agentId: stage.agentId, content: LONG };
    const { runId } = await stage.as.mutation(api.mutations.messages.send, sent);
    const headers = { authorization: `Bearer ${key}` };
    return await stage.t.fetch(`/api/v1/runs/${runId}/stream`, { headers });
  },
  "/v1/chat/completions": async (stage: Scene, { key }: Key) => {
    const messages = [{ role: "user", content: LONG }];
    return await post(stage, { key, path: "chat/completions", body: { messages } });
  },
  "/v1/messages": async (stage: Scene, { key }: Key) => {
    const body = { messages: [{ role: "user", content: LONG }], max_tokens: 4_000 };
    return await post(stage, { key, path: "messages", body });
  },
  "/v1/responses": async (stage: Scene, { key }: Key) =>
    await post(stage, { key, path: "responses", body: { input: LONG } }),
  "/v1/responses in the background": async (stage: Scene, { key }: Key) =>
    await post(stage, { key, path: "responses", body: { input: LONG, background: true } }),
};

async function post(
  { t, agentId }: Scene,
  { key, path, body }: { key: string; path: string; body: object },
): Promise<Response> {
  return await t.fetch(`/v1/${path}`, {
    method: "POST",
    headers: { "x-api-key": key, "content-type": "application/json" },
    body: JSON.stringify({ model: `agent:${agentId}`, stream: true, ...body }),
  });
}

/** All that the stream says; something is done once a piece of the reply has come. */
async function heard(response: Response, onPiece: () => Promise<void>): Promise<string> {
  expect(response.status).toBe(200);
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let isDone = false;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    if (isDone || !text.includes("word")) continue;
    isDone = true;
    await onPiece();
  }
}

onEachDriver((driver) => {
  // convex-test answers a request once all of its answer is there.
  describe.skipIf(driver === "convex-test").each(Object.entries(STREAMS))("%s", (_name, open) => {
    test.each(["tenant is suspended", "key is revoked"])(
      "ends with an error at once where its %s, and is settled",
      async (what) => {
        world.simulator.control.fault({ fault: { kind: "slow", msPerPiece: 20 } });
        const stage = await scene();
        const key = await keyOf(stage);
        const text = await heard(await open(stage, key), async () => {
          await (what === "key is revoked" ? key.revoke() : suspend(stage));
        });
        const last = text.trim().split("\n\n").slice(-2).join("\n\n");
        expect(last).toMatch(/event: (failure|error)|"error":\{/);
        // Of the reply's 600 pieces, which take 12 seconds.
        expect(text.split("word").length).toBeLessThan(400);

        const settled = async () =>
          await stage.t.run(async (ctx) => {
            const [run] = await ctx.db.query("runs").take(1);
            const events = await ctx.db.query("cost_events").take(10);
            const held = await ctx.db.query("budget_reservations").take(10);
            return {
              hasEnded: ENDED.includes(run!.state.kind as never),
              costs: events.map(({ totalCostPico }) => totalCostPico === run!.totalCostPico),
              held: held.filter(({ state }) => state === "reserved").length,
            };
          });
        await expect
          .poll(settled, { timeout: 30_000 })
          .toEqual({ hasEnded: true, costs: [true], held: 0 });
      },
    );
  });
});
