/** Calls of the compatible API that do not begin: nothing of them stays. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { PERMISSIONS } from "../../src/core/permissions";
import { openEmbedded, type Backend } from "../convex/drivers";
import { everything, supportBot, tenantWith, type Member } from "../convex/setup";

describe("a call that does not begin", () => {
  let t: Backend;
  let tenants = 0;
  beforeAll(async () => {
    t = await openEmbedded({ ANTHROPIC_API_KEY: "test", OPENAI_API_KEY: "test" });
  });
  afterAll(async () => await t.close());

  type Scene = { owner: Member; slug: string; key: string; model: string };

  async function scene(): Promise<Scene> {
    const slug = `begin-${++tenants}`;
    const owner = await tenantWith(t, { subject: slug });
    const { channels: _channels, skills: _skills, ...agent } = supportBot();
    const agentId = await owner.as.mutation(api.mutations.agents.create, agent);
    const made = { name: "Tests", scopes: [...PERMISSIONS] };
    const { key } = await owner.as.action(api.actions.keys.create, made);
    return { owner, slug, key, model: `agent:${agentId}` };
  }

  const post = async (path: string, body: unknown, headers: Record<string, string>) => {
    const response = await t.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const { status } = response;
    return { status, headers: response.headers, body: (await response.json()) as unknown };
  };

  const files = async () =>
    await t.run(async (ctx) => (await ctx.db.system.query("_storage").collect()).length);
  /** What a call leaves, if it has begun. */
  const left = async () => {
    const { sessions, messages, runs, run_requests, files: claimed } = await everything(t);
    return { sessions, messages, runs, run_requests, claimed };
  };

  const long = (model: string) => ({
    model,
    max_tokens: 10,
    messages: [{ role: "user", content: "word ".repeat(200_000) }],
  });

  test.each([
    ["/v1/chat/completions", {}],
    ["/v1/responses", {}],
    ["/v1/responses", { background: true }],
    ["/v1/messages", {}],
  ])("%s %j: where the plan has no room for what is given", async (path, more) => {
    const { slug, key, model } = await scene();
    await t.mutation(internal.jobs.tenants.setPlan, { slug, maxStorageGB: 0 });
    const before = await left();
    const { messages, ...rest } = long(model);
    const { max_tokens: _maxTokens, ...own } = { ...rest, input: messages, ...more };
    const body = path === "/v1/responses" ? own : { ...rest, messages };
    const answer = await post(path, body, { "x-api-key": key });
    expect(answer.status).toBe(429);
    expect(JSON.stringify(answer.body)).toContain("limit_reached");
    expect(answer.headers.get("x-should-retry")).toBe("false");
    expect(answer.headers.get("x-ratelimit-remaining-requests")).toMatch(/^\d+$/);
    expect(await left()).toEqual(before);
    expect(await files()).toBe(0);
  });

  test("nothing is stored for those whom nobody knows, or who may not call", async () => {
    const { owner, model } = await scene();
    const few = { name: "Few", scopes: ["sessions:read" as const] };
    const { key } = await owner.as.action(api.actions.keys.create, few);
    const at = "/v1/chat/completions";
    expect(await post(at, long(model), {})).toMatchObject({ status: 401 });
    expect(await post(at, long(model), { "x-api-key": "ak_live_nobodys" })).toMatchObject({
      status: 401,
    });
    expect(await post(at, long(model), { "x-api-key": key })).toMatchObject({ status: 403 });
    expect(await files()).toBe(0);
  });

  test("nor for a model that is not there", async () => {
    const { key } = await scene();
    const at = "/v1/chat/completions";
    expect(await post(at, long("agent:nobody"), { "x-api-key": key })).toMatchObject({
      status: 404,
    });
    expect(await files()).toBe(0);
  });

  test("a body that is too large is refused in the words of its path", async () => {
    const { key } = await scene();
    const body = JSON.stringify({ filler: "x".repeat(12 * 1024 * 1024) });
    const code = "request_too_large";
    for (const path of ["/v1/chat/completions", "/v1/responses", "/v1/embeddings"]) {
      const refused = await post(path, body, { "x-api-key": key });
      expect(refused).toMatchObject({ status: 413, body: { error: { code } } });
    }
    for (const path of ["/v1/messages", "/v1/messages/count_tokens"]) {
      const refused = await post(path, body, { "x-api-key": key });
      expect(refused).toMatchObject({
        status: 413,
        body: { type: "error", error: { type: code } },
      });
    }
  });
});
