/**
 * Whatever happens to a tenant's calls in whichever order, its books agree with one another, and no hard budget has more
 * spent and held than it allows, but for what nobody could hold: reports, corrections and new prices.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { BudgetView } from "../../convex/views/budgets";
import { formatUsd, parseUsd } from "../../src/core/money";
import { usageOf } from "../../src/pricing/usage";
import { assertCounted } from "../support/countedProperty";
import { limits, REPLY_TOKENS, step, type Of, type Step } from "./bookkeeping";
import { openConvexTest, type Backend } from "./drivers";
import { firstPage as paginationOpts, supportBot, tenantWith, type Member } from "./setup";
import { foldAll } from "./sums";

/** 200 with `BOOKKEEPINGS=200`. */
const RUNS = Number(process.env["BOOKKEEPINGS"] ?? 8);
const STEPS_PER_CHECK = 12;
const CALLS_MAX = 15; // a tenant has 20 under way at most
const MODEL = { provider: "anthropic", model: "claude-opus-4-6" } as const;
const { budgets, costs, prices } = api.mutations;

// Of time, only what the clock says is ours: jobs run as they do.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** What happened, and how often. */
const seen = {
  admitted: 0,
  refused: 0,
  settled: 0,
  late: 0,
  ended: 0,
  corrected: 0,
  rerated: 0,
  passed: 0,
};

type Held = { key: string; cost: bigint; tokens: number; expiresAtMs: number };
type Standing = {
  period: string;
  spent: bigint;
  limit: bigint;
  tokens: number;
  limitTokens: number;
};

/** `unheld`: more may be spent by it than anybody could hold. */
type Done = "admitted" | "held" | "unheld";

/** A tenant with three hard budgets, and all that becomes of its calls. */
class Books {
  private readonly held: Held[] = [];
  private readonly calls: Id<"skill_calls">[] = [];
  private made = 0;
  private isRerated = false;
  private last: readonly Standing[] = [];

  private constructor(
    private readonly t: Backend,
    private readonly of: Member & { agentId: Id<"agents">; skillId: string },
  ) {}

  static async open(t: Backend, three: readonly { limit: string; limitTokens: number }[]) {
    const member = await tenantWith(t, { subject: crypto.randomUUID() });
    const { as, userId } = member;
    const bot = { ...supportBot(), systemPrompt: "", maxTokens: REPLY_TOKENS };
    const agentId = await as.mutation(api.mutations.agents.create, bot);
    const skillId = `skill_${crypto.randomUUID().replaceAll("-", "_")}`;
    const skillMd = "---\nname: verse\ndescription: Verse\n---\nAnswer with a haiku.";
    const texts = { name: "Verse", description: "Verse", category: "data", version: "1.0.0" };
    await as.action(api.actions.skills.create, { id: skillId, ...texts, permissions: [], skillMd });
    await as.mutation(api.mutations.skills.install, { agentId, skillId, grantedPermissions: [] });
    const subjects = [
      { dimension: "tenant", window: "total" },
      { dimension: "agent", key: agentId, window: "hour" },
      { dimension: "user", key: userId, window: "day" },
    ] as const;
    for (const [n, subject] of subjects.entries()) {
      await as.mutation(budgets.create, { name: `Budget ${n}`, ...subject, ...three[n]! });
    }
    const books = new Books(t, { ...member, agentId, skillId });
    const opening = async () => (await books.budgets()).filter((one) => one.status !== "active");
    await expect.poll(opening, { interval: 5 }).toEqual([]);
    return books;
  }

  private async budgets(): Promise<BudgetView[]> {
    const { page } = await this.of.as.query(api.queries.budgets.list, { paginationOpts });
    return page.filter(({ source }) => source === "manual");
  }

  private async standings(): Promise<Standing[]> {
    return (await this.budgets()).map(({ period, cost, tokens: counted }) => ({
      period,
      spent: parseUsd(cost.spentUsd)! + parseUsd(cost.reservedUsd)!,
      limit: parseUsd(cost.limitUsd!)!,
      tokens: counted.spent + counted.reserved,
      limitTokens: counted.limit!,
    }));
  }

  /** Does it, and looks whether any budget has more in it than it allows, and more than before. */
  async take(one: Step): Promise<void> {
    vi.setSystemTime(Date.now() + 1_000);
    const before = this.last;
    const done = await this.perform(one);
    this.last = await this.standings();
    for (const [n, now] of this.last.entries()) {
      const then = before[n] ?? now;
      const isWithin = now.spent <= now.limit && now.tokens <= now.limitTokens;
      const isNoMore =
        then.period === now.period && now.spent <= then.spent && now.tokens <= then.tokens;
      if (done === "admitted") expect(isWithin, `${n} after ${one.kind}`).toBe(true);
      if (done === "held") expect(isWithin || isNoMore, `${n} after ${one.kind}`).toBe(true);
    }
  }

  private async perform(one: Step): Promise<Done> {
    switch (one.kind) {
      case "reserve":
        return await this.reserve(one);
      case "call":
        return await this.call(one);
      case "settle":
        return await this.settle(one);
      case "release":
        return await this.release(one);
      case "end":
        return await this.end(one);
      case "pass":
        return await this.pass(one);
      case "increase":
        return await this.increase(one);
      case "report":
      case "correct":
      case "rerate":
        await this.change(one);
        return "unheld";
    }
  }

  private async reserve({ cost, tokens: count, minutes }: Of<"reserve">): Promise<Done> {
    const key = `call ${++this.made}`;
    const asked = { key, agentId: this.of.agentId, ...MODEL, tokens: count, cost };
    const terms = { ...asked, expiresAfterMinutes: minutes };
    const answer = await this.of.as.mutation(budgets.reserve, terms);
    if (answer.status !== "reserved") return this.refused();
    const { expiresAtMs } = answer;
    this.held.push({ key, cost: parseUsd(cost)!, tokens: count, expiresAtMs });
    seen.admitted++;
    return "admitted";
  }

  /** As the worker of a skill begins: nobody is called. */
  private async call({ chars }: Of<"call">): Promise<Done> {
    if (this.calls.length === CALLS_MAX) return "held";
    const { as, agentId, skillId } = this.of;
    const asked = { agentId, skillId, parameters: { input: "x".repeat(chars) } };
    const { callId } = await as.mutation(internal.jobs.skillCalls.begin, asked);
    if (callId === null) return this.refused();
    this.calls.push(callId);
    seen.admitted++;
    return "admitted";
  }

  private refused(): "held" {
    seen.refused++;
    return "held";
  }

  private async settle({ nth: n, percent }: Of<"settle">): Promise<Done> {
    const one = taken(this.held, n);
    if (one === undefined) return "held";
    const inputCost = formatUsd((one.cost * BigInt(percent)) / 100n);
    const inputTokens = Math.floor((one.tokens * percent) / 100);
    const used = { inputTokens, outputTokens: 0, inputCost, outputCost: "0" };
    await this.of.as.mutation(budgets.settle, { key: one.key, ...used });
    seen[one.expiresAtMs < Date.now() ? "late" : "settled"]++;
    return "held";
  }

  private async release({ nth: n }: Of<"release">): Promise<Done> {
    const open = this.held.filter(({ expiresAtMs }) => expiresAtMs > Date.now());
    const one = taken(open, n);
    if (one === undefined) return "held";
    this.held.splice(this.held.indexOf(one), 1);
    await this.of.as.mutation(budgets.release, { key: one.key });
    return "held";
  }

  /** As a worker reports; one whose call was given up reports in vain. */
  private async end({ nth: n, input: inputFresh, output }: Of<"end">): Promise<Done> {
    const callId = taken(this.calls, n);
    if (callId === undefined) return "held";
    const usage = usageOf({ inputFresh, output }, { toolUnits: {}, reasoningTokens: 0 });
    const stated = { usage, source: "provider" as const, reconciliation: "ok" as const, notes: [] };
    const report = {
      error: null,
      usage: stated,
      facts: {},
      wasAborted: false,
      endedAtMs: Date.now(),
    };
    await this.t.mutation(internal.jobs.skillCalls.end, { callId, report });
    seen.ended++;
    return this.isRerated ? "unheld" : "held"; // its price may have risen since
  }

  /** What crons do as time goes by. */
  private async pass({ minutes }: Of<"pass">): Promise<Done> {
    vi.setSystemTime(Date.now() + minutes * 60_000);
    await this.t.mutation(internal.jobs.skillCalls.sweep, {});
    await this.t.mutation(internal.jobs.budgets.sweepExpired, {});
    if (minutes > 20) await foldAll(this.t);
    this.calls.length = 0;
    seen.passed++;
    return "held";
  }

  private async increase({ nth: n, cost, tokens: more }: Of<"increase">): Promise<Done> {
    const all = await this.budgets();
    const amounts = { amount: cost, amountTokens: more + 1 };
    const policyId = all[n % all.length]!._id;
    await this.of.as.mutation(budgets.increase, { policyId, ...amounts, reason: "for once" });
    return "held";
  }

  private async change(one: Of<"report" | "correct" | "rerate">): Promise<void> {
    const { as, agentId } = this.of;
    if (one.kind === "report") {
      const used = { inputTokens: one.tokens, outputTokens: 0, inputCost: one.cost, outputCost: 0 };
      await as.mutation(costs.create, { agentId, ...MODEL, ...used });
    } else if (one.kind === "rerate") {
      const rate = String(one.usdPerMillion);
      const usdPerMillion = { inputFresh: rate, output: rate };
      await as.mutation(prices.set, { ...MODEL, usdPerMillion, effectiveFrom: 0 });
      this.isRerated = true;
      seen.rerated += (
        await as.mutation(costs.rerate, { from: 0, to: Date.now() + 1 })
      ).adjustedCount;
    } else {
      const { page } = await as.query(api.queries.costs.listEvents, {
        period: "total",
        paginationOpts,
      });
      const event = taken(
        page.filter(({ kind }) => kind === "attempt"),
        one.nth,
      );
      if (event === undefined) return;
      const truth = { id: event._id, totalCost: one.cost, reason: "as billed" };
      await as.mutation(costs.correct, truth);
      seen.corrected++;
    }
  }

  async expectOrder(): Promise<void> {
    const { tenantId } = this.of;
    const checked = await this.t.action(internal.jobs.checks.check, { tenantId });
    expect(checked).toMatchObject({ unsettled: [], differences: [] });
  }
}

/** One of them, by chance, and no more among them. */
function taken<T>(from: T[], n: number): T | undefined {
  return from.splice(n % Math.max(from.length, 1), 1)[0];
}

test("the books of a tenant agree, and its hard budgets hold", { timeout: 600_000 }, async () => {
  const t = await openConvexTest({});
  const property = fc.asyncProperty(
    fc.noShrink(fc.tuple(limits, limits, limits)), // each try takes a second
    fc.noShrink(fc.array(step, { minLength: 24, maxLength: 40, size: "max" })),
    async (three, steps) => {
      const books = await Books.open(t, three);
      for (const [n, one] of steps.entries()) {
        await books.take(one);
        if (n % STEPS_PER_CHECK === 0) await books.expectOrder();
      }
      await books.expectOrder();
    },
  );
  try {
    await assertCounted(property, RUNS, () => {
      expect(seen.admitted).toBeGreaterThan(20);
      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
    });
  } finally {
    await t.close();
  }
});
