/**
 * What each command of Convex's CLI does against the embedded runtime: tried by `commands.test.ts`, which makes
 * docs/cli.md of it. A row stands in the page only if its trial passes.
 */
import { writeFile } from "node:fs/promises";
import { expect } from "vitest";
import type { FunctionReply, Runtime } from "../../../src/embedded/runtime/types";
import type { Json, JsonObject } from "../../../src/embedded/values/json";
import type { Finished, Project, Running } from "./project";

export type Row = {
  command: string;
  /** What it does, in a few words. */
  does: string;
  /** What differs from a deployment at Convex; empty when nothing does. */
  differences: string;
  try(project: Project): Promise<void>;
};

/** For commands that say themselves that they are for Convex's cloud, and for what the runtime refuses. */
export type RefusedRow = Omit<Row, "does">;

const NO_TYPECHECK = ["--typecheck", "disable"];

export const ROWS: readonly Row[] = [
  {
    command: "dev --once",
    does: "pushes, writes `_generated`",
    differences: "",
    async try(project) {
      succeeded(await project.convex("dev", "--once", ...NO_TYPECHECK), /Convex functions ready/);
      expect(await project.read("convex/_generated/api.d.ts")).toContain("notes: typeof notes");
      expect(await call(project.runtime, "notes:list")).toEqual([]);
    },
  },
  {
    command: "dev",
    does: "pushes again when files change, prints what functions log",
    differences: "",
    async try(project) {
      const dev = project.start("dev", ...NO_TYPECHECK);
      await expect.poll(() => dev.stderr, LONG).toContain("Convex functions ready!");
      await project.edit("convex/notes.ts", (text) => `${text}\nexport const added = list;\n`);
      await expect.poll(() => hasFunction(project.runtime, "notes:added"), LONG).toBe(true);
      await call(project.runtime, "notes:add", { text: "from outside" });
      await expect
        .poll(() => dev.stderr, LONG)
        .toMatch(/\[CONVEX M\(notes:add\)\] \[LOG\] 'adding' 'from outside'/);
      await project.edit("convex/notes.ts", (text) => text.replace(/\nexport const added.*\n/, ""));
      await expect.poll(() => hasFunction(project.runtime, "notes:added"), LONG).toBe(false);
      await stop(dev);
    },
  },
  {
    command: "deploy",
    does: "pushes as to production; `--dry-run` checks only",
    differences: "how long the check of large tables will take is not foretold",
    async try(project) {
      await project.edit("convex/notes.ts", (text) => `${text}\nexport const deployed = list;\n`);
      const dry = await project.convex("deploy", "--dry-run", ...NO_TYPECHECK);
      succeeded(dry, /Would have deployed Convex functions/);
      expect(hasFunction(project.runtime, "notes:deployed")).toBe(false);
      const real = await project.convex("deploy", ...NO_TYPECHECK);
      succeeded(real, /Deployed Convex functions to http:\/\/127\.0\.0\.1/);
      expect(hasFunction(project.runtime, "notes:deployed")).toBe(true);
    },
  },
  {
    command: "codegen",
    does: "writes `_generated` with the types of components",
    differences: "",
    async try(project) {
      await project.edit("convex/_generated/api.d.ts", () => "// outdated\n");
      succeeded(await project.convex("codegen", ...NO_TYPECHECK), /Generating TypeScript bindings/);
      const types = await project.read("convex/_generated/api.d.ts");
      expect(types).toContain("notes: typeof notes");
      expect(types).toContain('ComponentApi<"rateLimiter">');
    },
  },
  {
    command: "run FUNCTION",
    does: "any function, internal ones too; `--identity`, `--push`; on an error prints file and line",
    differences: "",
    async try(project) {
      const added = await project.convex(
        "run",
        "notes:add",
        '{"text": "one", "stars": {"$integer": "BQAAAAAAAAA="}}',
      );
      succeeded(added, /'adding' 'one'/);
      expect(await call(project.runtime, "notes:list")).toContain("one");
      const push = ["--push", ...NO_TYPECHECK];
      const hash = await project.convex("run", ...push, "node:sha256", '{"text": ""}');
      succeeded(hash, /"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"/);
      const [secret, whoAmI, fail, missing] = await Promise.all([
        project.convex("run", "notes:secret"),
        project.convex("run", "notes:whoAmI", "--identity", '{"name": "Ann"}'),
        project.convex("run", "notes:fail"),
        project.convex("run", "notes:missing"),
      ]);
      succeeded(secret, /"for admins"/);
      succeeded(whoAmI, /"Ann"/);
      failed(fail, /Uncaught Error: no such luck\n.*\.\.\/convex\/notes\.ts:23:/);
      failed(missing, /Available functions:\n(• .*\n)*• notes:list/);
    },
  },
  {
    command: "run --watch QUERY",
    does: "prints the result and each new one",
    differences: "",
    async try(project) {
      const watching = project.start("run", "--watch", "steps:signalled", '{"name": "watched"}');
      await expect.poll(() => watching.stdout, LONG).toBe("false\n");
      await call(project.runtime, "steps:signal", { name: "watched" });
      await expect.poll(() => watching.stdout, LONG).toBe("false\ntrue\n");
      await stop(watching);
    },
  },
  {
    command: "run --inline-query CODE",
    does: "a query that is typed, on the app's tables or a component's",
    differences: "",
    async try(project) {
      await call(project.runtime, "notes:add", { text: "to be counted" });
      const code =
        'const notes = await ctx.db.query("notes").take(100); console.log("counting"); return notes.length;';
      const all = (await call(project.runtime, "notes:list")) as string[];
      const [counted, failing, writing] = await Promise.all([
        project.convex("run", "--inline-query", code),
        project.convex("run", "--inline-query", 'throw new Error("no such luck")'),
        project.convex("run", "--inline-query", 'await ctx.db.insert("notes", { text: "no" })'),
      ]);
      succeeded(counted, new RegExp(`^${all.length}\n`));
      expect(counted.stderr).toContain("[LOG] 'counting'");
      failed(failing, /Uncaught Error: no such luck/);
      failed(writing, /insert/);
      expect(await call(project.runtime, "notes:list")).toEqual(all);
    },
  },
  {
    command: "run, data --component PATH",
    does: "functions and tables of a component",
    differences: "",
    async try(project) {
      const inComponent = ["--component", "rateLimiter"];
      const args =
        '{"name": "knocks", "config": {"kind": "fixed window", "rate": 1, "period": 60000}}';
      succeeded(await project.convex("run", "lib:rateLimit", args, ...inComponent), /"ok": true/);
      const code = '(await ctx.db.query("rateLimits").take(10)).map(({ name }) => name)';
      const [missing, tables, rows, names] = await Promise.all([
        project.convex("data", "--component", "missing"),
        project.convex("data", ...inComponent),
        project.convex("data", "rateLimits", "--format", "jsonl", ...inComponent),
        project.convex("run", "--inline-query", code, ...inComponent),
      ]);
      succeeded(tables, /^pendingUpdates\nrateLimits\n$/);
      succeeded(rows, /"name": "knocks"/);
      succeeded(names, /"knocks"/);
      crashed(missing, /There is no component "missing"/);
    },
  },
  {
    command: "env",
    does: "`list`, `get`, `set` (also `--from-file`), `remove`",
    differences: "there are no defaults of a project (`env default`)",
    async try(project) {
      succeeded(
        await project.convex("env", "set", "GREETING", "good day"),
        /Successfully set GREETING/,
      );
      succeeded(await project.convex("env", "get", "GREETING"), /^good day\n/);
      await writeFile(project.path("variables"), "GREETING=good day\nOTHER=2\n");
      const imported = await project.convex("env", "set", "--from-file", "variables");
      succeeded(imported, /1 new, 1 unchanged/);
      succeeded(
        await project.convex("env", "list", "--include-values"),
        /^GREETING="?good day"?\nOTHER=2\n/,
      );
      succeeded(await project.convex("env", "remove", "GREETING"), /Successfully unset GREETING/);
      expect(project.runtime.environment()).toEqual({ OTHER: "2" });
      crashed(await project.convex("env", "set", "CONVEX_SITE_URL", "x"), /set by the runtime/);
    },
  },
  {
    command: "data",
    does: "the tables; `data TABLE` a table, with `--order`, `--limit`, `--format`; system tables by name",
    differences: "",
    async try(project) {
      for (const text of ["first", "second"]) await call(project.runtime, "notes:add", { text });
      const options = ["--order", "desc", "--limit", "2", "--format", "jsonl"];
      const [tables, newest, table, jobs] = await Promise.all([
        project.convex("data"),
        project.convex("data", "notes", ...options),
        project.convex("data", "notes"),
        project.convex("data", "_scheduled_functions"),
      ]);
      succeeded(tables, /^notes\nsignals\n$/);
      expect(newest.stdout.match(/"text": "\w+"/g)).toEqual([
        '"text": "second"',
        '"text": "first"',
      ]);
      succeeded(table, /_id .*\| _creationTime \| stars \| text/);
      succeeded(jobs, /^There are no documents/);
    },
  },
  {
    command: "logs",
    does: "live, lines of actions as they are written; `--history`, `--success`, `--jsonl`",
    differences:
      "kept in memory (the last 1,000 entries); entries of queries that the cache answers and the fields `caller` and `executionId` are missing; of `usageStats` there is what concerns the database",
    async try(project) {
      await call(project.runtime, "notes:add", { text: "before" });
      const logs = project.start("logs", "--success", "--history", "1");
      const jsonl = project.start("logs", "--jsonl");
      await expect
        .poll(() => logs.stdout, LONG)
        .toMatch(/M\(notes:add\)\] Function executed in \d+ ms/);
      await expect.poll(() => jsonl.stderr, LONG).toContain("Watching logs");
      await call(project.runtime, "notes:list");
      await expect
        .poll(() => logs.stdout, LONG)
        .toContain("[CONVEX Q(notes:list)] Function executed");

      const waiting = call(project.runtime, "steps:wait", { name: "logs" });
      await expect
        .poll(() => logs.stdout, LONG)
        .toContain("A(steps:wait)] [LOG] 'waiting for' 'logs'");
      expect(logs.stdout).not.toContain("A(steps:wait)] Function executed");
      await call(project.runtime, "steps:signal", { name: "logs" });
      await waiting;
      await expect.poll(() => logs.stdout, LONG).toContain("A(steps:wait)] Function executed");
      expect(logs.stdout.match(/'waiting for' 'logs'/g)).toHaveLength(1);
      expect(logs.stdout).toContain("[WARN] 'has come:' 'logs'");

      await fetch(`${project.siteUrl}/hello`);
      await expect
        .poll(() => logs.stdout, LONG)
        .toContain("H(GET /hello)] [LOG] 'somebody says hello'");
      await call(project.runtime, "notes:fail").catch(() => {});
      await expect
        .poll(() => logs.stdout, LONG)
        .toMatch(/M\(notes:fail\)\] Uncaught Error: no such luck/);
      const entries = () =>
        jsonl.stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line || "{}") as JsonObject);
      await expect
        .poll(() => entries().filter(({ identifier }) => identifier === "notes:fail"), LONG)
        .toMatchObject([
          {
            kind: "Completion",
            udfType: "Mutation",
            error: expect.stringContaining("luck") as string,
          },
        ]);
      await Promise.all([stop(logs), stop(jsonl)]);
    },
  },
  {
    command: "export",
    does: "a ZIP file of all tables at one moment, those of components too; with `--include-file-storage` the files",
    differences: "",
    async try(project) {
      const exported = await project.convex("export", "--path", project.path("snapshot.zip"));
      succeeded(exported, /Downloaded snapshot export to/);
    },
  },
  {
    command: "import",
    does: "a snapshot, or `--table` from JSON lines, a JSON array or CSV; `--append`, `--replace`, `--replace-all`",
    differences:
      "one after the other; one that a restart cuts short is told as failed and left undone",
    async try(project) {
      const before = await call(project.runtime, "notes:list");
      await call(project.runtime, "notes:add", { text: "after the export" });
      const snapshot = project.path("snapshot.zip");
      succeeded(
        await project.convex("import", "--replace", "--yes", snapshot),
        /Added \d+ documents/,
      );
      expect(await call(project.runtime, "notes:list")).toEqual(before);
    },
  },
  {
    command: "function-spec",
    does: "all functions with their validators, as JSON",
    differences: "",
    async try(project) {
      const { stdout } = await project.convex("function-spec");
      const spec = JSON.parse(stdout) as { url: string; functions: JsonObject[] };
      expect(spec.url).toBe(project.apiUrl);
      expect(spec.functions).toContainEqual({
        identifier: "notes.js:list",
        functionType: "Query",
        visibility: { kind: "public" },
        args: { type: "object", value: {} },
        returns: { type: "array", value: { type: "string" } },
      });
      expect(spec.functions).toContainEqual({
        functionType: "HttpAction",
        method: "GET",
        path: "/hello",
      });
    },
  },
  {
    command: "network-test",
    does: "the WebSocket and both directions of HTTP",
    differences: "",
    async try(project) {
      succeeded(await project.convex("network-test"), /Network test passed/);
    },
  },
];

export const REFUSED_ROWS: readonly RefusedRow[] = [
  {
    command: "insights",
    differences: "the CLI has it for Convex's cloud only",
    async try(project) {
      failed(await project.convex("insights"), /only available for|not available|cloud/i);
    },
  },
];

/** A loaded machine may take its time. */
const LONG = { timeout: 40_000 };

/** To which the CLI reports what it takes for its own crash: a request refused, an exception not caught. */
const CRASH_REPORTS = "o1192621.ingest.sentry.io";

function succeeded(finished: Finished, output: RegExp): void {
  expect(`${finished.stdout}${finished.stderr}`).toMatch(output);
  expect([finished.code, finished.strangers]).toEqual([0, []]);
}

function failed(finished: Finished, output: RegExp): void {
  expect(`${finished.stdout}${finished.stderr}`).toMatch(output);
  expect([finished.code, finished.strangers]).toEqual([1, []]);
}

/** It failed, and the CLI wanted to report it. */
function crashed(finished: Finished, output: RegExp): void {
  expect(`${finished.stdout}${finished.stderr}`).toMatch(output);
  expect([finished.code, finished.strangers]).toEqual([1, [CRASH_REPORTS]]);
}

/** Ended by us. */
async function stop(running: Running): Promise<void> {
  const { strangers } = await running.stop();
  expect(strangers).toEqual([]);
}

function hasFunction(runtime: Runtime, name: string): boolean {
  return runtime.deployment()?.components.get("")?.functions.has(name) ?? false;
}

/** Calls a function as an admin who is not the CLI. */
export async function call(runtime: Runtime, path: string, args: JsonObject = {}): Promise<Json> {
  const reply: FunctionReply = await runtime.run({
    path,
    args: JSON.stringify(args),
    identity: { kind: "admin", actingAs: null },
    requestId: "test",
    request: { ip: null, userAgent: null },
  });
  if (!reply.ok) throw new Error(reply.error.message);
  return JSON.parse(reply.value) as Json;
}
