/** Mistakes in who is signed in, by whom, and for how long. */
import type { Mutant } from "./mutants";

const FOLDER = "src/embedded/server/auth";
const RUNTIME = "src/embedded/runtime";

const TOKENS = ["tests/embedded/server/auth.test.ts", "tests/embedded/server/authKeys.test.ts"];
const CLIENTS = ["tests/embedded/clients/auth.test.ts"];

export const AUTH: readonly Mutant[] = [
  {
    name: "auth: tokens of any audience are accepted",
    file: `${FOLDER}/tokens.ts`,
    find: "(candidate.applicationID === null || audiences.includes(candidate.applicationID)),",
    replace: "(candidate.applicationID === null || audiences.length > 0),",
    tests: TOKENS,
  },
  {
    name: "auth: an OIDC token may be for other applications too",
    file: `${FOLDER}/tokens.ts`,
    find: "if (others.length === 0) return;",
    replace: "if (others.length >= 0) return;",
    tests: TOKENS,
  },
  {
    name: "auth: an OIDC token that has ended is accepted for a while",
    file: `${FOLDER}/tokens.ts`,
    find: "if (claims.exp * 1_000 <= Date.now())",
    replace: "if (claims.exp * 1_000 <= 0)",
    tests: TOKENS,
  },
  {
    name: "auth: a session outlives its token",
    file: "src/embedded/server/sync/syncSession.ts",
    find: "identity.expiresAtMs <= Date.now();",
    replace: "identity.expiresAtMs <= 0;",
    tests: TOKENS,
  },
  {
    name: "auth: keys are kept for ever",
    file: `${FOLDER}/fetchedJson.ts`,
    find: "this.#kept !== null && this.#kept.untilMs > Date.now()",
    replace: "this.#kept !== null",
    tests: TOKENS,
  },
  {
    name: "auth: each token with an unknown key asks for the keys",
    file: `${FOLDER}/fetchedJson.ts`,
    find: "if (Date.now() < this.#renewableAtMs) return null;",
    replace: "",
    tests: TOKENS,
  },
  {
    name: "auth: a new key is not looked for",
    file: `${FOLDER}/keySets.ts`,
    find: "const renewed = await keys.renewed();",
    replace: "const renewed = null as JWTVerifyGetKey | null;",
    tests: TOKENS,
  },
  {
    name: "auth: functions may set reserved claims",
    file: `${RUNTIME}/tokenSigner.ts`,
    find: "if (RESERVED.has(name)) throw",
    replace: "if (RESERVED.has(`${name}?`)) throw",
    tests: ["tests/embedded/server/authTokens.test.ts"],
  },
  {
    name: "auth: another provider's issuer will do",
    file: `${FOLDER}/tokens.ts`,
    find: "canonicalIssuer(issuerOf(candidate)) === canonicalIssuer(iss) &&",
    replace: "canonicalIssuer(iss) !== issuerOf(candidate).slice(1) &&",
    tests: TOKENS,
  },
  {
    name: "auth: a discovered document may speak for another issuer",
    file: `${FOLDER}/keySets.ts`,
    find: "if (own !== issuer) throw",
    replace: "if (typeof own !== typeof issuer) throw",
    tests: TOKENS,
  },
  {
    name: "auth: a token that ended long ago is accepted",
    file: `${FOLDER}/tokens.ts`,
    find: "const CLOCK_TOLERANCE_SECONDS = 5;",
    replace: "const CLOCK_TOLERANCE_SECONDS = 3_600;",
    tests: TOKENS,
  },
  {
    name: "auth: a token may choose how it is signed",
    file: `${FOLDER}/tokens.ts`,
    find: "algorithms: [provider.algorithm] };",
    replace: 'algorithms: ["ES256", "RS256"] };',
    tests: TOKENS,
  },
  {
    name: "auth: users of a provider that is gone stay signed in",
    file: "src/embedded/server/sync/syncServer.ts",
    find: "for (const session of this.#sessions.keys()) void session.revalidate();",
    replace: "",
    tests: TOKENS,
  },
  {
    name: "auth: a change of the environment leaves the providers as they were",
    file: `${RUNTIME}/deployer.ts`,
    find: "      environment.use(variables);\n      this.#useProviders(providers);",
    replace: "      environment.use(variables);\n      void providers;",
    tests: CLIENTS,
  },
  {
    name: "auth: keys outlive a change of the providers",
    file: `${FOLDER}/authenticator.ts`,
    find: "runtime.onAuthProviders(() => this.#keySets.forget());",
    replace: "",
    tests: [...TOKENS, ...CLIENTS],
  },
];
