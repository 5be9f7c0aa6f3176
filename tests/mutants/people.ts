/** Tenants, their people, secrets and ends: one mistake each. */
import type { Mutant } from "./mutants";

const MEMBERSHIPS = ["tests/convex/memberships.test.ts"];
const SECRETS = ["tests/convex/secrets.test.ts"];
const PROVIDERS = ["tests/convex/providers.test.ts"];
const ERASURE = ["tests/convex/erasure.test.ts"];

export const PEOPLE: readonly Mutant[] = [
  {
    name: "people: an admin makes owners",
    file: "convex/model/memberships.ts",
    find: "  requireNotAbove(scope, role);\n  if (membership.role === role) return;",
    replace: "  if (membership.role === role) return;",
    tests: MEMBERSHIPS,
  },
  {
    name: "people: an admin removes owners",
    file: "convex/model/memberships.ts",
    find: "  requireNotAbove(scope, membership.role);\n",
    replace: "",
    tests: MEMBERSHIPS,
  },
  {
    name: "people: a suspended owner counts as one who stays",
    file: "convex/model/memberships.ts",
    find: 'for (const active of [undefined, "active"] as const)',
    replace: 'for (const active of [undefined, "active", "suspended"] as const)',
    tests: MEMBERSHIPS,
  },
  {
    name: "people: keys outlive the suspension of who answers for them",
    file: "convex/model/memberships.ts",
    find: "  await Keys.revokeOf(ctx, scope, { userId: membership.userId, nowMs });\n",
    replace: "",
    tests: MEMBERSHIPS,
  },
  {
    name: "people: an invitation outlives its maker's right to invite",
    file: "convex/model/invitations.ts",
    find: '  if (!(await mayStillInvite(ctx, invitation))) notOpen("revoked");\n',
    replace: "",
    tests: MEMBERSHIPS,
  },
  {
    name: "people: an invitation is good for ever",
    file: "convex/model/invitations.ts",
    find: '  if (invitation.expiresAt <= nowMs) notOpen("expired");\n',
    replace: "",
    tests: MEMBERSHIPS,
  },
  {
    name: "secrets: a ciphertext opens in another row",
    file: "convex/model/secrets.ts",
    find: "JSON.stringify([tenantId, table, id, field, keyId])",
    replace: "JSON.stringify([tenantId, table, field, keyId])",
    tests: SECRETS,
  },
  {
    name: "secrets: the rotation overwrites what was written meanwhile",
    file: "convex/model/rotation.ts",
    find: "row?.credential?.ciphertext !== before.ciphertext",
    replace: "row === null",
    tests: SECRETS,
  },
  {
    name: "secrets: a new address keeps the credential",
    file: "convex/model/providers/providers.ts",
    find: "moved ? (patch.credential ?? null) : patch.credential",
    replace: "patch.credential",
    tests: PROVIDERS,
  },
  {
    name: "plans: the month's tokens are without end",
    file: "convex/model/tenants.ts",
    find: ">= maxMonthlyTokens",
    replace: "> Infinity + maxMonthlyTokens",
    tests: PROVIDERS,
  },
  {
    name: "erasure: files stay",
    file: "convex/model/erasure/batches.ts",
    find: 'if (table === "files") await deleteBytes',
    replace: "if (table === undefined) await deleteBytes",
    tests: ERASURE,
  },
  {
    name: "erasure: completed without a look",
    file: "convex/model/erasure/ofTenant.ts",
    find: "if (left !== null) {",
    replace: "if (left === undefined) {",
    tests: ERASURE,
  },
  {
    name: "export: secrets are in it",
    file: "convex/model/exports.ts",
    find: "!SECRET_FIELDS.has(field)",
    replace: "field !== undefined",
    tests: ERASURE,
  },
  {
    name: "keys: what is no key is looked up all the same",
    file: "convex/model/keys/lookup.ts",
    find: "if (keyIdIn(key) === null) return null;",
    replace: "",
    tests: ["tests/convex/keyFuzz.test.ts"],
  },
  {
    name: "keys: a key is known by its id alone",
    file: "convex/model/keys/lookup.ts",
    find: '.withIndex("by_key_hash", (q) => q.eq("keyHash", keyHash))\n    .unique();',
    replace: '.filter((q) => q.eq(q.field("keyId"), keyIdIn(key)))\n    .first();\n  void keyHash;',
    tests: ["tests/convex/keyFuzz.test.ts"],
  },
  {
    name: "keys: a revoked key goes on",
    file: "convex/model/keys/lookup.ts",
    find: 'row.status === "active" && ',
    replace: "",
    tests: ["tests/convex/keyFuzz.test.ts"],
  },
];
