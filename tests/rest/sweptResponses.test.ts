/** Streams of responses whose pieces are gone: who was told nothing yet is told all, in one piece. */
import { expect, onTestFinished, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { PERMISSIONS } from "../../src/core/permissions";
import { startSimulator } from "../../src/providers/simulator/server";
import { openEmbedded } from "../convex/drivers";
import { supportBot, tenantWith } from "../convex/setup";

async function scene() {
  const simulator = await startSimulator({ port: 0, tokensPerSecond: Infinity, firstTokenMs: 0 });
  const t = await openEmbedded({
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: simulator.openAiBaseUrl,
  });
  onTestFinished(async () => {
    await t.close();
    await simulator.close();
  });
  const { as } = await tenantWith(t, { subject: "swept" });
  const { channels: _channels, skills: _skills, ...bot } = supportBot();
  const agent = { ...bot, provider: "openai" as const, model: "gpt-6-luna" };
  const agentId = await as.mutation(api.mutations.agents.create, agent);
  const { key } = await as.action(api.actions.keys.create, { name: "T", scopes: [...PERMISSIONS] });
  const ask = async (path: string, body?: object, more: Record<string, string> = {}) =>
    await t.fetch(`/v1/responses${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "x-api-key": key, "content-type": "application/json", ...more },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return { t, ask, model: `agent:${agentId}`, ledger: simulator.ledger };
}

const eventsIn = (stream: string) =>
  [...stream.matchAll(/^event: (\S+)$/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== "error");

test("from the start, and under a key; a number to go on from is none any more", async () => {
  const { t, ask, model, ledger } = await scene();
  const body = { model, input: "Say: one two three four five six", background: true, stream: true };
  const key = { "idempotency-key": "a key" };
  const first = await (await ask("", body, key)).text();
  const id = /"id":"(resp_\w+)"/.exec(first)?.[1] ?? "";
  expect(eventsIn(first).at(-1)).toBe("response.completed");

  await t.run(async (ctx) => {
    const messages = await ctx.db.query("messages").take(10);
    for (const { _id, chunksExpireAtMs } of messages)
      if (chunksExpireAtMs !== undefined)
        await ctx.db.patch("messages", _id, { chunksExpireAtMs: 1 });
  });
  await t.mutation(internal.jobs.reaper.sweepChunks, {});

  const streams = [await ask("", body, key), await ask(`/${id}?stream=true`)];
  for (const stream of streams) {
    expect(stream.status).toBe(200);
    const text = await stream.text();
    expect(text).toContain('"delta":"one two three four five six"');
    expect(eventsIn(text).at(-1)).toBe("response.completed");
  }
  expect(streams[0]?.headers.get("idempotent-replayed")).toBe("true");
  const going = await ask(`/${id}?stream=true&starting_after=3`);
  expect([going.status, await going.text()]).toEqual([400, expect.stringContaining("one piece")]);
  expect(ledger.entries).toHaveLength(1);
});
