/** Webhooks out: one mistake each. */
import type { Mutant } from "./mutants";

const DOORS = ["tests/convex/webhooks.test.ts"];
const EVENTS = ["tests/convex/webhookEvents.test.ts"];
const GUARD = ["tests/src/webhooks/guard.test.ts"];
const SIGNATURE = ["tests/src/webhooks/signature.test.ts"];
const RETRIES = ["tests/src/core/webhookRetries.test.ts"];

export const WEBHOOKS: readonly Mutant[] = [
  {
    name: "webhooks: what is being sent is begun once more",
    file: "convex/model/webhooks/deliveries.ts",
    find: 'if (delivery.state === "delivering") refuse("it is being sent");',
    replace: "",
    tests: DOORS,
  },
  {
    name: "webhooks: operators cannot end a rest",
    file: "convex/model/webhooks/health.ts",
    find: "_id, { restsUntilMs: nowMs }",
    replace: "_id, {}",
    tests: DOORS,
  },
  {
    name: "webhooks: what waits for a suspended tenant is given up",
    file: "convex/model/webhooks/claims.ts",
    find: 'if (!isInService(tenant)) return "later";',
    replace: 'if (!isInService(tenant)) return { obstacle: "The tenant is not in service." };',
    tests: DOORS,
  },
  {
    name: "webhooks: a report under a lost lease counts",
    file: "convex/model/webhooks/outcomes.ts",
    find: "if (delivery?.leaseToken !== leaseToken) continue;",
    replace: "if (delivery === null) continue;",
    tests: DOORS,
  },
  {
    name: "webhooks: a claim ignores a live lease",
    file: "convex/model/webhooks/claims.ts",
    find: "return dueAtMs !== undefined && dueAtMs <= nowMs;",
    replace: "return dueAtMs !== undefined;",
    tests: DOORS,
  },
  {
    name: "webhooks: a lease never ends",
    file: "convex/model/webhooks/claims.ts",
    find: "leaseToken, dueAtMs: nowMs + LEASE_MS }",
    replace: "leaseToken, lane: undefined, dueAtMs: undefined }",
    tests: DOORS,
  },
  {
    name: "webhooks: a redirect counts as a delivery",
    file: "src/core/webhookRetries.ts",
    find: "status >= 200 && status < 300",
    replace: "status >= 200 && status < 400",
    tests: RETRIES,
  },
  {
    name: "webhooks: 410 is a failure like others",
    file: "src/core/webhookRetries.ts",
    find: "if (status === 410)",
    replace: "if (status === 411)",
    tests: RETRIES,
  },
  {
    name: "webhooks: 410 does not disable",
    file: "convex/model/webhooks/outcomes.ts",
    find: "const reason = answer.status === 410 ?",
    replace: "const reason = answer.status === 411 ?",
    tests: DOORS,
  },
  {
    name: "webhooks: filters are not looked at",
    file: "convex/model/webhooks/emit.ts",
    find: "active.filter(({ events }) => covers(events, event.type))",
    replace: "active.filter(({ events }) => covers([...events, event.type], event.type))",
    tests: EVENTS,
  },
  {
    name: "webhooks: another tenant's endpoints are told",
    file: "convex/model/webhooks/emit.ts",
    find: '.withIndex("by_status", (q) => q.eq("tenantId", tenantId).eq("status", "active"))',
    replace: '.filter((q) => q.eq(q.field("status"), "active"))',
    tests: EVENTS,
  },
  {
    name: "webhooks: disabled endpoints are told",
    file: "convex/model/webhooks/emit.ts",
    find: '.eq("tenantId", tenantId).eq("status", "active"))',
    replace: '.eq("tenantId", tenantId))',
    tests: DOORS,
  },
  {
    name: "webhooks: the secret is in the log",
    file: "convex/model/webhooks/endpoints.ts",
    find: 'await record(ctx, scope, { action: "rotateSecret", id: endpointId, nowMs })',
    replace:
      'await record(ctx, scope, { action: "rotateSecret", id: endpointId, after: { secret: secret.credential.sealed }, nowMs })',
    tests: DOORS,
  },
  {
    name: "webhooks: the old secret holds for ever",
    file: "convex/model/webhooks/secrets.ts",
    find: "credential !== undefined && expiresAtMs > nowMs",
    replace: "credential !== undefined && expiresAtMs > 0 * nowMs",
    tests: DOORS,
  },
  {
    name: "webhooks: the old secret ends at once",
    file: "convex/model/webhooks/secrets.ts",
    find: "_id, { expiresAtMs: nowMs + OVERLAP_MS }",
    replace: "_id, { expiresAtMs: nowMs }",
    tests: DOORS,
  },
  {
    name: "webhooks: the address is not looked at again",
    file: "src/webhooks/send.ts",
    find: "const checked = webhookUrl(text, rules);",
    replace:
      "const checked = URL.canParse(text) ? { ok: true as const, url: new URL(text) } : webhookUrl(text, rules);",
    tests: GUARD,
  },
  {
    name: "webhooks: the lookup is not pinned",
    file: "src/webhooks/guardedLookup.ts",
    find: "if (all) callback(null, addresses);",
    replace: "if (all) dns.lookup(hostname, { all: true }, callback as never);",
    tests: GUARD,
  },
  {
    name: "webhooks: one good address among others is enough",
    file: "src/webhooks/guardedLookup.ts",
    find: "addresses.some(({ address, family }) => !isAllowed(address, family))",
    replace: "addresses.every(({ address, family }) => !isAllowed(address, family))",
    tests: GUARD,
  },
  {
    name: "webhooks: what is special in IPv6 is open",
    file: "src/webhooks/guardedLookup.ts",
    find: 'return global.check(address, "ipv6") && !special.check(address, "ipv6");',
    replace: 'return !special.check(address, "ipv6");',
    tests: GUARD,
  },
  {
    name: "webhooks: the deployment may be made to call itself",
    file: "src/core/webhookUrl.ts",
    find: "ownUrls.some((own) => parsed(own)?.host === url.host)",
    replace: "ownUrls.some((own) => own === text)",
    tests: GUARD,
  },
  {
    name: "webhooks: an answer may be endless",
    file: "src/webhooks/post.ts",
    find: "if (bytes > ANSWER_BYTES_MAX) end(answer);",
    replace: "if (bytes < 0) end(answer);",
    tests: GUARD,
  },
  {
    name: "webhooks: the id is not signed",
    file: "src/webhooks/signature.ts",
    find: "`${id}.${timestampS}.${body}`",
    replace: "`${id.slice(0, 0)}.${timestampS}.${body}`",
    tests: SIGNATURE,
  },
  {
    name: "webhooks: only the newest secret signs",
    file: "src/webhooks/signature.ts",
    find: "  return secrets\n    .map(",
    replace: "  return secrets\n    .slice(0, 1)\n    .map(",
    tests: SIGNATURE,
  },
  {
    name: "webhooks: Retry-After is not heard",
    file: "src/core/webhookRetries.ts",
    find: "Math.max(jittered, boundedRetryAfterMs(retryAfterMs))",
    replace: "Math.max(jittered, 0 * boundedRetryAfterMs(retryAfterMs))",
    tests: RETRIES,
  },
  {
    name: "webhooks: a slow receiver may have all places",
    file: "convex/model/webhooks/claims.ts",
    find: "if (health === null) return OF_ENDPOINT_MAX;",
    replace: "if (health === null) return 1_000;",
    tests: DOORS,
  },
  {
    name: "webhooks: endpoints that rest are not left alone",
    file: "convex/model/webhooks/claims.ts",
    find: "if (health.restsUntilMs > nowMs) return 0;",
    replace: "",
    tests: DOORS,
  },
  {
    name: "webhooks: that calls do not fit is told each time",
    file: "convex/model/budgets/told.ts",
    find: " || counter.exceededAtMs !== undefined) return;",
    replace: ") return;",
    tests: EVENTS,
  },
];
