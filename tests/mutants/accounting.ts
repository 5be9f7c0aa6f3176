/** Prices of a tenant's own, what is booked, and what puts it right: one mistake each. */
import type { Mutant } from "./mutants";

const TESTS = ["tests/convex/prices.test.ts"];
const BILLS = ["tests/convex/simulatorLedger.test.ts"];
const USAGE = ["tests/src/providers/usage.test.ts", "tests/src/providers/usageProperties.test.ts"];
const PRICES = { file: "convex/model/costs/prices.ts", tests: TESTS };
const PRICING = { file: "convex/model/costs/pricing.ts", tests: TESTS };
const ADJUST = { file: "convex/model/costs/adjust.ts", tests: TESTS };
const RERATE = { file: "convex/model/costs/rerate.ts", tests: TESTS };

export const ACCOUNTING: readonly Mutant[] = [
  {
    name: "accounting: a price of one's own holds before its moment",
    ...PRICES,
    find: '.lte("effectiveFromMs", atMs),',
    replace: '.lte("effectiveFromMs", atMs + 1),',
  },
  {
    name: "accounting: the first version of a price stays in force",
    ...PRICES,
    find: '.order("desc")',
    replace: '.order("asc")',
  },
  {
    name: "accounting: a price that was ended goes on",
    ...PRICES,
    find: "return latest.enabled ? latest : null;",
    replace: "return latest;",
  },
  {
    name: "accounting: snapshots are not their model's",
    ...PRICES,
    find: "of modelNames(provider, model)",
    replace: "of modelNames(provider, model).slice(0, 1)",
  },
  {
    name: "accounting: zero is no price",
    ...PRICING,
    find: "cost: price === null ? null : costOf(usage, price, modifiers) };",
    replace:
      "cost: price === null || price.rates.inputFresh === 0n ? null : costOf(usage, price, modifiers) };",
  },
  {
    name: "accounting: the tier that was asked for is forgotten",
    ...PRICING,
    find: "requestedTier: facts.requestedTier ?? null,",
    replace: "requestedTier: null,",
  },
  {
    name: "accounting: another model's tokens are the answering one's",
    ...PRICING,
    find: "{ ...call, model: other.model }",
    replace: "{ ...call, model: call.model }",
  },
  {
    name: "accounting: another model's tokens count twice",
    ...PRICING,
    find: "ofOthers.reduce((rest, { usage }) => minusUsage(rest, usage), toUsage(report.usage));",
    replace: "toUsage(report.usage);",
  },
  {
    name: "accounting: what the provider says that it cost is not held against ours",
    ...PRICING,
    find: "offPico <= REPORTED_ROUNDING_PICO && -offPico <= REPORTED_ROUNDING_PICO",
    replace: "offPico <= REPORTED_ROUNDING_PICO",
  },
  {
    name: "accounting: unknown is free although the provider says otherwise",
    ...PRICING,
    find: "if (ours.unpriced.length > 0) {",
    replace: "if (ours.unpriced.length < 0) {",
  },
  {
    name: "accounting: a second correction is held against the first booking",
    ...ADJUST,
    find: "standingOf([booked, ...earlier]);",
    replace: "standingOf([booked]);",
  },
  {
    name: "accounting: a correction counts for the day on which it is made",
    ...ADJUST,
    find: "    timestamp: booked.timestamp,\n",
    replace: "    timestamp: booked.timestamp + 86_400_000,\n",
  },
  {
    name: "accounting: what is true already is booked again",
    ...ADJUST,
    find: "if (isNothing(event)) return null;",
    replace: "",
  },
  {
    name: "accounting: what has a price now goes on as unpriced",
    ...ADJUST,
    find: "Number(truth.unpriced.length > 0) - Number(latest.unpriced.length > 0),",
    replace: "0,",
  },
  {
    name: "accounting: lines of before are not taken back",
    ...ADJUST,
    find: "for (const line of standing) add(line, -1);",
    replace: "",
  },
  {
    name: "accounting: an adjustment may be corrected like an attempt",
    file: "convex/model/costs/corrections.ts",
    find: 'if (booked.kind !== "attempt") {',
    replace: 'if (booked.kind === "summary") {',
    tests: TESTS,
  },
  {
    name: "accounting: a tenant lifts its plan's quota by a correction",
    file: "convex/model/costs/corrections.ts",
    find: 'if ("actor" in by) await requireNoFewer',
    replace: 'if (!("actor" in by)) await requireNoFewer',
    tests: TESTS,
  },
  {
    name: "accounting: what was used may be said to be nothing",
    file: "convex/model/costs/corrections.ts",
    find: "totalTokens >= tokenTotals(standing.usage).totalTokens) return;",
    replace: "totalTokens >= tokenTotals(booked.usage).totalTokens) return;",
    tests: TESTS,
  },
  {
    name: "accounting: a bill is priced anew",
    ...RERATE,
    find: "if (!PRICED_BY_US.has(latest.usageSource)) return false;",
    replace: "if (!PRICED_BY_US.has(booked.usageSource)) return false;",
  },
  {
    name: "accounting: pricing anew ends with its first batch",
    ...RERATE,
    find: "const isDone = isWhole && isLast;",
    replace: "const isDone = isWhole;",
  },
  {
    name: "accounting: a negative price is one",
    file: "convex/lib/usd.ts",
    find: "if (pico === null || pico < 0n) {",
    replace: "if (pico === null) {",
    tests: TESTS,
  },
  {
    name: "accounting: an amount of less than a pico for a token is rounded",
    file: "convex/model/costs/agreedPrices.ts",
    find: "pico > max || pico % units !== 0n",
    replace: "pico > max",
    tests: TESTS,
  },
  {
    name: "accounting: a price of one's own has none of input",
    file: "convex/model/costs/agreedPrices.ts",
    find: "if (rates.inputFresh === undefined) {",
    replace: "if (Object.keys(rates).length === 0) {",
    tests: TESTS,
  },
  {
    name: "accounting: input of no price is held at that of what was cached",
    file: "src/pricing/estimate.ts",
    find: "rates.inputFresh === undefined || ",
    replace: "",
    tests: ["tests/src/pricing/estimate.test.ts"],
  },
  {
    name: "accounting: what broke off passes as stated",
    file: "src/providers/usage/partialUsage.ts",
    find: '    source: "estimated_partial",\n    reconciliation: "unknown",',
    replace: '    source: "provider",\n    reconciliation: stated.reconciliation,',
    tests: BILLS,
  },
  {
    name: "accounting: a dead worker's call is nobody's cost",
    file: "convex/model/costs/attempts.ts",
    find: "else await book(ctx, scope, { event, nowMs });",
    replace: 'else if (billed.status !== "lost") await book(ctx, scope, { event, nowMs });',
    tests: BILLS,
  },
  {
    name: "accounting: running totals are added up",
    file: "src/providers/usage/anthropicUsage.ts",
    find: "return { ...stated, ...Object.fromEntries(changes) };",
    replace:
      "return { ...stated, ...Object.fromEntries(changes), output_tokens: Number(stated['output_tokens'] ?? 0) + Number(Object.fromEntries(changes)['output_tokens'] ?? 0) };",
    tests: BILLS,
  },
  {
    name: "accounting: compactions are left out as in the totals",
    file: "src/providers/usage/anthropicUsage.ts",
    find: "sumOf((type) => type === COMPACTION),",
    replace: "usageOf({}),",
    tests: USAGE,
  },
  {
    name: "accounting: a model is owed the tools of another",
    file: "src/providers/usage/anthropicUsage.ts",
    find: "[...Object.values(own.tokens), ...Object.values(own.toolUnits)]",
    replace: "Object.values(own.tokens)",
    tests: USAGE,
  },
  {
    name: "accounting: sums of counts are beyond what a call can use",
    file: "src/providers/usage/anthropicUsage.ts",
    find: "  usage = counts.bounded(usage);\n",
    replace: "",
    tests: USAGE,
  },
  {
    name: "accounting: cached tokens are fresh ones, too",
    file: "src/providers/usage/openaiChatUsage.ts",
    find: '[cacheRead, cacheWrite, audioInput], "prompt_tokens"',
    replace: '[cacheWrite, audioInput], "prompt_tokens"',
    tests: USAGE,
  },
  {
    name: "accounting: what was thought beside what was said is free",
    file: "src/providers/usage/openaiChatUsage.ts",
    find: "isBeside ? reasoningTokens : 0",
    replace: "isBeside ? 0 : 0",
    tests: USAGE,
  },
  {
    name: "accounting: tokens of another name beside the totals are passed over",
    file: "src/providers/usage/openaiChatUsage.ts",
    find: '  counts.noteUnknown("", KNOWN_FIELDS, /_tokens$/);\n',
    replace: "  void KNOWN_FIELDS;\n",
    tests: USAGE,
  },
  {
    name: "accounting: what was thought within what was said counts twice",
    file: "src/providers/usage/openaiChatUsage.ts",
    find: "total === input + completion + reasoningTokens;",
    replace: "total !== null && total >= input + completion;",
    tests: USAGE,
  },
];
