/** Admission by budgets: one mistake each. */
import type { Mutant } from "./mutants";

const RULES = { file: "src/budgets/escrow.ts", tests: ["tests/src/budgets/escrow.test.ts"] };
const DOORS = ["tests/convex/budgetAdmission.test.ts"];
const CHECKS = ["tests/convex/costCheck.test.ts"];
const STALE = { file: "convex/model/budgets/stale.ts", tests: CHECKS };
const RUNS = ["tests/convex/reservations.test.ts"];

export const BUDGETS: readonly Mutant[] = [
  {
    name: "admission: a run whose call has lost a race at the limit waits for the reaper",
    file: "convex/jobs/driveRun.ts",
    find: "await despiteRaces(() => work.take(lease))",
    replace: "await work.take(lease)",
    tests: ["tests/convex/budgetRaces.test.ts"],
  },
  {
    name: "reservations: what was held in a shard that is gone is not counted",
    file: "convex/model/budgets/counters.ts",
    find: "if (counter !== null) await countIn(ctx, counter, { spreadBy: shardId, used });",
    replace: "if (counter === null) await undivide(ctx, { _id: counterId } as CounterRow);",
    tests: DOORS,
  },
  {
    name: "reservations: a key is as good as new once its row is gone",
    file: "convex/model/budgets/external.ts",
    find: "|| (await eventOf(ctx, scope, key)) !== null;",
    replace: ";",
    tests: DOORS,
  },
  {
    name: "reservations: what expired is booked again once its event is in a summary",
    file: "convex/model/budgets/external.ts",
    find: 'if (booked === null && state === "expired") refuse(state);',
    replace: "",
    tests: DOORS,
  },
  {
    name: "admission: votes and skills are refused what a budget sends to a cheaper model",
    file: "convex/model/budgets/decision.ts",
    find: 'const cheaper = decision.kind === "refused" ? cheaperBy(decision.refusal) : undefined;',
    replace: "const cheaper = undefined as FallbackModel | undefined;",
    tests: ["tests/convex/consensus.test.ts", "tests/convex/executeSkill.test.ts"],
  },
  {
    name: "escrow: what a shard has used is not part of its share",
    ...RULES,
    find: "isWithin(plus(reserved, shard.used), shard.share)",
    replace: "isWithin(reserved, shard.share)",
  },
  {
    name: "escrow: a shard admits whatever comes",
    ...RULES,
    find: "isWithin(plus(reserved, shard.used), shard.share) ?",
    replace: "true ?",
  },
  {
    name: "escrow: what was held stays held",
    ...RULES,
    find: "reserved: minus(shard.reserved, held)",
    replace: "reserved: shard.reserved",
  },
  {
    name: "escrow: what was used is not counted",
    ...RULES,
    find: "used: plus(shard.used, used) };",
    replace: "used: shard.used };",
  },
  {
    name: "escrow: a division outlives its limit",
    ...RULES,
    find: "return isSameLimit(limit, division?.limit);",
    replace: "return division !== null;",
  },
  {
    name: "escrow: a division outlives what was overspent in it",
    ...RULES,
    find: "return !isWithin(plus(reserved, used), share);",
    replace: "return false;",
  },
  {
    name: "escrow: what is held is free",
    ...RULES,
    find: "const free = leftOf(limit, plus(spent, reserved));",
    replace: "const free = leftOf(limit, spent);",
  },
  {
    name: "escrow: what does not fit is divided all the same",
    ...RULES,
    find: "if (!isWithin(requested, free)) return null;",
    replace: "",
  },
  {
    name: "escrow: shards with holds are deleted",
    ...RULES,
    find: "shard === own || held.tokens !== 0 || held.pico !== 0n;",
    replace: "shard === own;",
  },
  {
    name: "escrow: what was used is forgotten when shards are drawn together",
    ...RULES,
    find: "counter: { settled: spent, division },",
    replace: "counter: { settled: counter.settled, division },",
  },
  {
    name: "escrow: what was used counts twice",
    ...RULES,
    find: "reserved: held, used: NOTHING };",
    replace: "reserved: held, used: one.used };",
  },
  {
    name: "escrow: a share has room for one request",
    ...RULES,
    find: "BigInt(2 * count * REQUESTS_PER_SHARE) <= requests",
    replace: "BigInt(2 * count) <= requests",
  },
  {
    name: "escrow: what a shard holds is no part of its share",
    ...RULES,
    find: "share: raisedBy(whole, held), reserved: held",
    replace: "share: whole, reserved: held",
  },
  {
    name: "budgets: what was held is not given back by the ledger's row",
    file: "convex/model/budgets/reservations.ts",
    tests: RUNS,
    find: "await settleHold(ctx, hold, { held, used });",
    replace: "await settleHold(ctx, hold, { held: NOTHING, used });",
  },
  {
    name: "budgets: a lost call costs nothing",
    file: "convex/model/costs/attempts.ts",
    tests: RUNS,
    find: "totalCostPico: pico,",
    replace: "totalCostPico: 0n,",
  },
  {
    name: "budgets: what is held is priced, though nothing comes of that",
    file: "convex/model/costs/attempts.ts",
    tests: DOORS,
    find: "...((held && amountsHeld(held)) ?? (await priced(ctx, scope, toPriced(told)))),",
    replace: "...(await priced(ctx, scope, toPriced(told))), ...(held && amountsHeld(held)),",
  },
  {
    name: "budgets: more tokens are held than any call can use",
    file: "convex/model/budgets/external.ts",
    tests: DOORS,
    find: "{ min: 0, max: COUNT_MAX }),",
    replace: "{ min: 0, max: Number.MAX_SAFE_INTEGER }),",
  },
  {
    name: "budgets: a lost call came through no channel",
    file: "convex/model/budgets/sweep.ts",
    tests: RUNS,
    find: "omitUndefined({ userId, keyId, channel })",
    replace: "omitUndefined({ userId, keyId })",
  },
  {
    name: "budgets: what was held for embeddings that are lost is given back, and not booked",
    file: "convex/model/budgets/sweep.ts",
    tests: RUNS,
    find: '      attempt: { attemptId: key, provider, model, kind: "primary", startedAtMs },',
    replace:
      '      attempt: { attemptId: `${key}/lost`, provider, model, kind: "primary", startedAtMs },',
  },
  {
    name: "budgets: what cannot be booked stays in the way of the others",
    file: "convex/model/budgets/sweep.ts",
    tests: DOORS,
    find: 'await ctx.db.patch("budget_reservations", _id, { retryAtMs: nowMs + POSTPONED_MS });',
    replace: "throw error;",
  },
  {
    name: "budgets: what could not be booked is never tried again",
    file: "convex/model/budgets/sweep.ts",
    tests: DOORS,
    find: "return [...fresh, ...again];",
    replace: "return fresh;",
  },
  {
    name: "checker: a reservation may be open for ever",
    ...STALE,
    find: "if (nowMs > expiresAtMs + LATE_MS) {",
    replace: "if (nowMs < 0) {",
  },
  {
    name: "checker: a run's reservation outlives its attempt",
    ...STALE,
    tests: RUNS,
    find: 'return attempt?.status === "running";',
    replace: "return attempt !== undefined;",
  },
  {
    name: "checker: a skill's reservation outlives its call",
    ...STALE,
    find: 'if (first === "skill") return skillCalls.has(key);',
    replace: 'if (first === "skill") return true;',
  },
  {
    name: "checker: holds are compared with a page of what is open",
    file: "convex/model/budgets/check.ts",
    tests: CHECKS,
    find: "return open.length > OPEN_PER_PAGE ? null : byCounter(heldBy(open));",
    replace: "return byCounter(heldBy(open));",
  },
  {
    name: "checker: one tenant ends the pass for all",
    file: "convex/jobs/checks.ts",
    tests: CHECKS,
    find: "pass.failed++;",
    replace: "throw error;",
  },
  {
    name: "budgets: a key may be used again",
    file: "convex/model/budgets/external.ts",
    tests: DOORS,
    find: "if (isUsed) {",
    replace: 'if (isUsed && key === "") {',
  },
  {
    name: "budgets: what is released stays held",
    file: "convex/model/budgets/reservations.ts",
    tests: DOORS,
    find: "for (const hold of holds) await settleHold(ctx, hold, { held, used: NOTHING });",
    replace: "",
  },
];
