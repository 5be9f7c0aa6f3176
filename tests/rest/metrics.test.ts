/** What Prometheus is told of a tenant. */
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { onEachDriver, setup, supportBot, tenantWith } from "../convex/setup";
import { programOf } from "./calls";

onEachDriver(() => {
  test("metrics have spend, tokens, calls and budgets, of what the key may read", async () => {
    const t = await setup();
    const acme = await tenantWith(t, { subject: "ann" });
    const { as } = acme;
    const name = 'The "bot"';
    const agentId = await as.mutation(api.mutations.agents.create, { ...supportBot(), name });
    const spent = { inputTokens: 100, outputTokens: 20, inputCost: "0.5", outputCost: "0.25" };
    const model = { model: "gpt-x", provider: "openai" as const };
    await as.mutation(api.mutations.costs.create, { agentId, ...model, ...spent });
    const budget = { name: "All", dimension: "tenant" as const, window: "month" as const };
    await as.mutation(api.mutations.budgets.create, { ...budget, limit: "2" });

    const { status, headers, body } = await (await programOf(t, acme))("GET /metrics");
    expect([status, headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    const lines = String(body["text"]).split("\n");
    const valueOf = (start: string) =>
      lines
        .find((line) => line.startsWith(start))
        ?.split(" ")
        .at(-1);
    expect(valueOf("agentik_spend_usd_total ")).toBe("0.75");
    expect(valueOf('agentik_agent_spend_usd_total{agent="The \\"bot\\"",key="')).toBe("0.75");
    expect(valueOf("agentik_model_prompt_tokens_total{")).toBe("100");
    expect(valueOf("agentik_provider_requests_total{")).toBe("1");
    expect(valueOf("agentik_runs_in_flight ")).toBe("0");
    expect(valueOf('agentik_budget_limit_usd{budget="All"')).toBe("2");
    expect(valueOf('agentik_budget_remaining_usd{budget="All"')).toBe("1.25");
    for (const line of lines) expect(line).toMatch(/^$|^# (HELP|TYPE) |^[a-z_]+(\{.*\})? [\d.]+$/);

    const few = await (await programOf(t, acme, ["costs:read"]))("GET /metrics");
    expect(String(few.body["text"])).not.toContain("agentik_budget");
    expect((await (await programOf(t, acme, ["agents:read"]))("GET /metrics")).status).toBe(403);
  });
});
