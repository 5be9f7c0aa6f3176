/// <reference types="vite/client" />
/**
 * The backends that the product's suite runs on.
 */
import rateLimiter from "@convex-dev/rate-limiter/test";
import { convexTest, type TestConvex } from "convex-test";
import schema from "../../convex/schema";
import type { Runtime } from "../../src/embedded/runtime/types";
import { embeddedTest, type EmbeddedTestOptions } from "../embedded/driver/embeddedTest";
import { deployedFolder } from "../embedded/driver/deployedFolder";
import { ISSUER_VARIABLES } from "./ownIssuer";

/** The part of convex-test's facade that the suite uses; every driver has it. */
export type Caller = Pick<
  TestConvex<typeof schema>,
  "query" | "mutation" | "action" | "run" | "fetch" | "withIdentity"
>;
/** Variables of the deployment; null takes one away. */
export type Variables = Readonly<Record<string, string | null>>;
export type Backend = Caller & {
  /** Takes effect for functions that start afterwards. */
  setVariables(changes: Variables): Promise<void>;
  /** Waits until no scheduled function is due or running. */
  finishScheduled(): Promise<void>;
  close(): Promise<void>;
};

/** What every deployment has. */
const COMMON_VARIABLES = {
  ...ISSUER_VARIABLES,
  KEY_PEPPER: Buffer.alloc(32, "pepper").toString("base64"),
  SEALING_KEYS: `1:${Buffer.alloc(32, "sealing key").toString("base64")}`,
};

const modules = import.meta.glob(["../../convex/**/*.*s", "!../../convex/**/*.*.*s"]);

/** @param instead - Modules that stand in the place of the product's own, by their path below `convex/`. */
export async function openConvexTest(
  variables: Variables,
  instead: Readonly<Record<string, object>> = {},
): Promise<Backend> {
  const replaced = Object.entries(instead).map(([path, module]) => [
    `../../convex/${path}`,
    () => Promise.resolve(module),
  ]);
  const t = convexTest({
    schema,
    modules: { ...modules, ...Object.fromEntries(replaced) },
    transactionLimits: true,
  });
  rateLimiter.register(t);
  const before: Record<string, string | null> = {};
  // convex-test's functions share the test's process and see its environment.
  const setVariables = async (changes: Variables) => {
    for (const [name, value] of Object.entries(changes)) {
      if (!(name in before)) before[name] = process.env[name] ?? null;
      if (value === null) delete process.env[name];
      else process.env[name] = value;
    }
  };
  await setVariables({ ...COMMON_VARIABLES, ...variables });
  return Object.assign(t, {
    setVariables,
    finishScheduled: () => t.finishAllScheduledFunctions(() => {}, 10_000),
    close: () => setVariables(before),
  });
}

/** @param options - What convex-test has nothing like. */
export async function openEmbedded(
  variables: Variables,
  options: Pick<EmbeddedTestOptions, "occWindowMs"> = {},
): Promise<Backend & { runtime: Runtime }> {
  const set = Object.entries(variables).filter(([, value]) => value !== null);
  // Some of the common ones are made anew in each process, and another one may have deployed.
  const environment = { ...COMMON_VARIABLES, ...Object.fromEntries(set) };
  const from = await deployedFolder("product", { project: ".", environment: COMMON_VARIABLES });
  const t = await embeddedTest({ from, environment, ...options });
  const own = {
    setVariables: (changes: Variables) => t.runtime.setEnvironment(changes),
    finishScheduled: () => t.finishInProgressScheduledFunctions(),
  };
  return Object.assign(t, own) as unknown as Backend & { runtime: Runtime };
}

export const DRIVERS = [
  { name: "convex-test", open: openConvexTest },
  { name: "embedded", open: (variables: Variables): Promise<Backend> => openEmbedded(variables) },
] as const;
export type DriverName = (typeof DRIVERS)[number]["name"];
