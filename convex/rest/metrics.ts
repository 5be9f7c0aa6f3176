/** What a tenant spends and where its budgets stand, as Prometheus reads it. */
import type { Infer } from "convex/values";
import { internal } from "../_generated/api";
import { asAppError } from "../lib/errors";
import type { vBudgetView } from "../views/budgets";
import type { Spenders } from "../views/costs";
import { asDoorArgs } from "./caller";
import { admit, rateHeaders } from "./guard";
import type { OwnRequest } from "./native/route";

/** The dearest; the others are in the sum of the tenant only, or each new agent would be a series for ever. */
const ROWS_MAX = 50;
const PAGE = { paginationOpts: { numItems: ROWS_MAX, cursor: null } };

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: string | number];
type Metric = { name: string; type: "counter" | "gauge"; help: string; samples: Sample[] };

/** What the caller may not read is left out. */
export async function metricsOf({ ctx, asked }: OwnRequest): Promise<Response> {
  const rate = await admit(ctx, asked);
  const caller = asDoorArgs(asked);
  const read = async <Answer>(door: string, args: object): Promise<Answer | null> => {
    try {
      const call = { door, args: { ...caller, ...args } };
      return (await ctx.runQuery(internal.jobs.rest.read, { ids: [], call })) as Answer;
    } catch (error) {
      if (asAppError(error)?.kind === "forbidden") return null;
      throw error;
    }
  };
  const whole = { period: "total", ...PAGE };
  const metrics: Metric[] = [];
  for (const by of ["Agent", "Model", "Provider"]) {
    const spenders = await read<Spenders>(`queries/costs:by${by}`, whole);
    if (spenders !== null) metrics.push(...spentBy(by.toLowerCase(), spenders));
  }
  const unfinished = await read<unknown[]>("queries/runs:unfinished", { limit: 100 });
  if (unfinished !== null) metrics.push(inFlight(unfinished.length));
  const budgets = await read<{ page: Infer<typeof vBudgetView>[] }>("queries/budgets:list", PAGE);
  if (budgets !== null) metrics.push(...standings(budgets.page));
  return new Response(metrics.map(textOf).join(""), {
    headers: { ...rateHeaders(rate), "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  });
}

function spentBy(label: string, { page, whole }: Spenders): Metric[] {
  const of = (value: (row: (typeof page)[number]) => string | number): Sample[] =>
    page.map((row) => [{ [label]: row.name ?? row.key, key: row.key }, value(row)]);
  const prefix = `agentik_${label}`;
  const metrics: Metric[] = [
    {
      name: `${prefix}_spend_usd_total`,
      type: "counter",
      help: `USD spent, by ${label}`,
      samples: of(({ costUsd }) => costUsd),
    },
    {
      name: `${prefix}_prompt_tokens_total`,
      type: "counter",
      help: `Tokens read by models, by ${label}`,
      samples: of(({ promptTokens }) => promptTokens),
    },
    {
      name: `${prefix}_completion_tokens_total`,
      type: "counter",
      help: `Tokens written by models, by ${label}`,
      samples: of(({ completionTokens }) => completionTokens),
    },
    {
      name: `${prefix}_requests_total`,
      type: "counter",
      help: `Calls of models, by ${label}`,
      samples: of(({ costEvents }) => costEvents),
    },
  ];
  if (label !== "agent") return metrics;
  const spent: Metric = {
    name: "agentik_spend_usd_total",
    type: "counter",
    help: "USD spent by the tenant",
    samples: [[{}, whole.costUsd]],
  };
  return [spent, ...metrics];
}

function inFlight(count: number): Metric {
  const help = "Runs that have not ended, at most 100";
  return { name: "agentik_runs_in_flight", type: "gauge", help, samples: [[{}, count]] };
}

function standings(budgets: Infer<typeof vBudgetView>[]): Metric[] {
  const of = (unit: "cost" | "tokens", field: "limit" | "spent" | "remaining"): Metric => ({
    name: `agentik_budget_${field}_${unit === "cost" ? "usd" : "tokens"}`,
    type: "gauge",
    help: `What a budget's ${field} is in its present period`,
    samples: budgets.flatMap(({ _id, name, window, ...budget }): Sample[] => {
      const { limit, [field]: value } = budget[unit];
      if (limit === undefined || value === undefined) return [];
      return [[{ budget: name, id: _id, window }, value]];
    }),
  });
  const fields = ["limit", "spent", "remaining"] as const;
  return fields.flatMap((field) => [of("cost", field), of("tokens", field)]);
}

function textOf({ name, type, help, samples }: Metric): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => `${name}${labelsOf(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelsOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
