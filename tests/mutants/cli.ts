/** Mistakes in what Convex's CLI relies on. */
import type { Mutant } from "./mutants";

const HTTP = "src/embedded/server/http";

const CONNECTION = ["tests/embedded/command/cliConnection.test.ts"];
const ENVIRONMENT = ["tests/embedded/server/http.test.ts"];
const LOGS = ["tests/embedded/server/logStream.test.ts"];
const PUSHES = ["tests/embedded/pushes/pushSteps.test.ts"];
const INLINE = ["tests/embedded/system/inlineQueries.test.ts"];

export const CLI: readonly Mutant[] = [
  {
    name: "cli: the lines of others in .env.local are lost",
    file: "src/embedded/command/cliConnection.ts",
    find: "return text.slice(0, begin) + text.slice(",
    replace: "return text.slice(",
    tests: CONNECTION,
  },
  {
    name: "cli: everyone may read the key in .env.local",
    file: "src/embedded/command/cliConnection.ts",
    find: "{ mode: 0o600 }",
    replace: "{ mode: 0o644 }",
    tests: CONNECTION,
  },
  {
    name: "cli: a deployment that was chosen is chosen no more",
    file: "src/embedded/command/cliConnection.ts",
    find: "if (name !== undefined) return",
    replace: "if (name !== undefined && file === FILE) return",
    tests: CONNECTION,
  },
  {
    name: "cli: variables are shown to everyone",
    file: `${HTTP}/environment.ts`,
    find: "  await call.requireAdmin();\n  return json(",
    replace: "  return json(",
    tests: ENVIRONMENT,
  },
  {
    name: "cli: everyone may finish a push",
    file: `${HTTP}/deploy/routes.ts`,
    find: "  await call.requireAdmin();\n  const body = await readJsonObject(call.request, PUSH_BYTES_MAX);\n  const { startPush",
    replace:
      "  const body = await readJsonObject(call.request, PUSH_BYTES_MAX);\n  const { startPush",
    tests: PUSHES,
  },
  {
    name: "cli: a push whose documents do not match is said to be ready",
    file: `${HTTP}/deploy/routes.ts`,
    find: "      return failure(staged.state.error);",
    replace: '      return { type: "complete" };',
    tests: PUSHES,
  },
  {
    name: "cli: a dry run is served",
    file: `${HTTP}/deploy/routes.ts`,
    find: "    await staged?.abandon();",
    replace: "    await staged?.serve();",
    tests: PUSHES,
  },
  {
    name: "cli: an entry of the same millisecond is skipped",
    file: "src/embedded/server/logs/logStream.ts",
    find: "Math.max(Date.now(), this.#lastCursorMs + CURSOR_STEP_MS)",
    replace: "Date.now()",
    tests: LOGS,
  },
  {
    name: "cli: what a call has used is not told",
    file: "src/embedded/runtime/runner.ts",
    find: "logLines: outcome.logLines, used: use }",
    replace: "logLines: outcome.logLines, used: null }",
    tests: LOGS,
  },
  {
    name: "cli: a query that is typed may write",
    file: "src/embedded/deploy/inlineQuery.ts",
    find: 'if (found?.kind !== "query") {',
    replace: "if (found?.kind === undefined) {",
    tests: INLINE,
  },
];
