/** Mistakes that would let in who should be out: passwords, refresh tokens, links. */
import type { Mutant } from "./mutants";

const FOLDER = "convex/model/auth";
const SIGN_IN = ["tests/convex/signIn.test.ts"];
const LINKS = ["tests/convex/links.test.ts"];

export const SIGN_INS: readonly Mutant[] = [
  {
    name: "sign-in: a used refresh token is good for ever",
    file: `${FOLDER}/signIns.ts`,
    find: "nowMs - rotatedAt > LOST_ANSWER_MS",
    replace: "nowMs - rotatedAt > 1_000 * LOST_ANSWER_MS",
    tests: SIGN_IN,
  },
  {
    name: "sign-in: a reused refresh token is refused, and the thief's own goes on",
    file: `${FOLDER}/signIns.ts`,
    find: 'await end(ctx, signIn, { because: "token_reused", nowMs });',
    replace: "",
    tests: SIGN_IN,
  },
  {
    name: "sign-in: an ended sign-in's access token is good until it expires",
    file: "convex/model/access.ts",
    find: "return signIn === null || signIn.revokedAt !== undefined;",
    replace: "return signIn === null;",
    tests: SIGN_IN,
  },
  {
    name: "sign-in: anybody ends anybody's sign-in",
    file: `${FOLDER}/signIns.ts`,
    find: "if (signIn === null || signIn.userId !== userId) {",
    replace: "if (signIn === null) {",
    tests: SIGN_IN,
  },
  {
    name: "sign-in: tries for an account are not counted",
    file: `${FOLDER}/limits.ts`,
    find: "account === undefined ? []",
    replace: "account !== null ? []",
    tests: SIGN_IN,
  },
  {
    name: "sign-in: a link works twice",
    file: `${FOLDER}/links.ts`,
    find: 'await ctx.db.patch("one_time_links", link._id, { usedAt: nowMs });',
    replace: "",
    tests: LINKS,
  },
  {
    name: "sign-in: a link works after its time",
    file: `${FOLDER}/links.ts`,
    find: "link.expiresAt > nowMs;",
    replace: "link.expiresAt > 0;",
    tests: LINKS,
  },
  {
    name: "sign-in: a tenant's administrator gets into another tenant by a reset link",
    file: `${FOLDER}/links.ts`,
    find: "membership.tenantId !== tenantId",
    replace: "membership.tenantId === userId",
    tests: LINKS,
  },
  {
    name: "sign-in: an invitation lets into an account that exists",
    file: `${FOLDER}/accounts.ts`,
    find: "if ((await findByEmail(ctx, email)) !== null) {",
    replace: "if (email === null) {",
    tests: LINKS,
  },
  {
    name: "sign-in: pages of every origin may use a visitor's cookie",
    file: "convex/rest/authCors.ts",
    find: "return allowedOrigins().includes(origin);",
    replace: "return allowedOrigins().length > 0;",
    tests: SIGN_IN,
  },
  {
    name: "sign-in: sandboxed frames of anybody count as an allowed origin",
    file: "convex/rest/authCors.ts",
    find: "if (!/^https?:\\/\\//.test(origin)) return false;",
    replace: "",
    tests: SIGN_IN,
  },
];
