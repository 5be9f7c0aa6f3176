/** A query that somebody types: a module of its own beside what is pushed, as `convex run --inline-query` sends it. */
import { build } from "esbuild";
import { compileLinked } from "../execution/compileLinked";
import { TransactionRealm } from "../execution/transactionRealm";
import { inspectInRealm } from "./inspect";
import { linkModules } from "./link";
import { PushError, type AnalyzedFunction, type ModuleSource } from "./types";

/** What such a module imports its `query` from. */
const WRAPPERS = "convex:/_system/repl/wrappers.js";
const PATH = "testQuery.js";

/** @throws PushError - The source cannot be linked or loaded, or does not export a query by default. */
export async function linkInlineQuery(
  source: string,
  environment: Readonly<Record<string, string>>,
): Promise<AnalyzedFunction> {
  const module: ModuleSource = { path: PATH, source, sourceMap: null, environment: "isolate" };
  const script = await linkModules([module, await wrappers()], "isolate");
  const realm = new TransactionRealm(compileLinked(script), environment);
  const found = inspectInRealm({ script, realm }, module).functions.find(
    ({ name }) => name === "default",
  );
  if (found?.kind !== "query") {
    throw new PushError(
      "The source must have a default export made by query() or internalQuery().",
    );
  }
  return {
    modulePath: PATH.replace(/\.js$/, ""),
    exportName: "default",
    kind: "query",
    visibility: "internal",
    environment: "isolate",
    args: { type: "any" },
    returns: null,
    script,
  };
}

let built: Promise<ModuleSource> | null = null;

function wrappers(): Promise<ModuleSource> {
  return (built ??= buildWrappers());
}

async function buildWrappers(): Promise<ModuleSource> {
  const { outputFiles } = await build({
    stdin: {
      contents:
        'export { queryGeneric as query, internalQueryGeneric as internalQuery } from "convex/server";',
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: "esm",
    target: "esnext",
    platform: "browser",
    write: false,
  });
  const source = outputFiles[0]?.text ?? "";
  return { path: WRAPPERS, source, sourceMap: null, environment: "isolate" };
}
