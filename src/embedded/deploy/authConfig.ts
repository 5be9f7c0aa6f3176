/** The sign-in providers that `auth.config.ts` names, given the deployment's variables. */
import { transformSync } from "esbuild";
import { Script } from "node:vm";
import { TransactionRealm } from "../execution/transactionRealm";
import { runWithTimeout } from "../execution/watchdog";
import { parseAuthConfig } from "./authProviders";
import { PushError, type AuthProvider, type ModuleSource } from "./types";

const EVALUATION_MAX_MS = 5_000;

/**
 * @throws PushError - The file fails or its providers are malformed; when it reads a variable that is not
 *   set, the message begins with `AuthConfigMissingEnvironmentVariable` and names it.
 */
export function evaluateAuthConfig(
  source: ModuleSource | null,
  environment: Readonly<Record<string, string>>,
): AuthProvider[] {
  if (source === null) return [];
  const { code } = transformSync(source.source, { format: "iife", globalName: "config" });
  const body = `"use strict"; ${code}; return JSON.stringify(config.default ?? null);`;
  const script = new Script(
    `(process) => { try { return { json: (() => { ${body} })() }; } catch (error) { return { error: String(error) }; } }`,
    {
      filename: "auth.config",
    },
  );
  const missing: string[] = [];
  const env = new Proxy(environment, {
    get(target, name) {
      if (typeof name !== "string" || Object.hasOwn(target, name)) return target[String(name)];
      missing.push(name);
      throw new Error(`Environment variable ${name} is not set`);
    },
  });
  const realm = new TransactionRealm(null, environment);
  const evaluate = realm.evaluate(script) as (process: object) => { json?: string; error?: string };
  const result = runWithTimeout(() => evaluate({ env }), EVALUATION_MAX_MS);
  if (missing[0] !== undefined) throw missingVariable(missing[0]);
  if (result.json === undefined) {
    throw new PushError(`auth.config.ts: ${result.error ?? "it has no default export"}`, FILE);
  }
  return parseAuthConfig(JSON.parse(result.json));
}

const FILE = { file: "auth.config.ts" };

function missingVariable(name: string): PushError {
  return new PushError(
    `AuthConfigMissingEnvironmentVariable: Environment variable ${name} is used in auth config file but its value was not set. Set it, for example with: npx convex env set ${name} <value>`,
    { ...FILE, code: "AuthConfigMissingEnvironmentVariable", variable: name },
  );
}
