/** Mistakes that would let in who should be out: passwords, refresh tokens, links. */
import type { Mutant } from "./mutants";

const FOLDER = "convex/model/auth";
const SIGN_IN = ["tests/convex/signIn.test.ts"];
const LINKS = ["tests/convex/links.test.ts"];
const IDENTITIES = ["tests/convex/identities.test.ts"];

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
  {
    name: "sign-in: linking: who has a password need not give it",
    file: "convex/rest/authIdentities.ts",
    find: "account !== null && !(await",
    replace: "account === null && !(await",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: a code that resets passwords links accounts",
    file: `${FOLDER}/links.ts`,
    find: "    link.purpose === purpose &&\n",
    replace: "",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: somebody's account becomes somebody else's",
    file: `${FOLDER}/identities.ts`,
    find: "if (other !== null) {",
    replace: "if (other === undefined) {",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: a suspended person is given more ways in",
    file: `${FOLDER}/identities.ts`,
    find: 'if (user?.status !== "active") return',
    replace: "if (user === null) return",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: a suspended person is given codes",
    file: `${FOLDER}/identities.ts`,
    find: 'if (status !== "active") return',
    replace: "if (status === null) return",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: a thief's code outlives the new password",
    file: `${FOLDER}/accounts.ts`,
    find: "  await Links.dropOf(ctx, userId);\n",
    replace: "",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: anybody unlinks anybody's account",
    file: `${FOLDER}/identities.ts`,
    find: "identity.userId !== user._id || ",
    replace: "",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: our own issuer's account is unlinked",
    file: `${FOLDER}/identities.ts`,
    find: "identity.userId !== user._id || isOwn(identity)",
    replace: "identity.userId !== user._id",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: the last way in is taken away",
    file: `${FOLDER}/identities.ts`,
    find: "if (!(await hasOtherWayIn(ctx, user, id))) {",
    replace: "if (await hasOtherWayIn(ctx, user, id).then(() => false)) {",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: a provider that is believed no more counts as a way in",
    file: `${FOLDER}/identities.ts`,
    find: "return others.some(({ issuer }) => isTrustedIssuer(issuer));",
    replace: "return others.length > 0 || isTrustedIssuer(userId);",
    tests: IDENTITIES,
  },
  {
    name: "sign-in: linking: codes are guessed at without a limit",
    file: "convex/rest/authIdentities.ts",
    find: "  await countTry(ctx, identity.tokenIdentifier);\n",
    replace: "  await countTry(ctx);\n",
    tests: IDENTITIES,
  },
];
