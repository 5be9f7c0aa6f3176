import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { tmpdir } from "node:os";
import { Script } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import { analyze } from "../../../src/embedded/deploy/analyze";
import { evaluateAuthConfig } from "../../../src/embedded/deploy/authConfig";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import { hasUseNodeDirective } from "../../../src/embedded/deploy/directives";
import { linkModules } from "../../../src/embedded/deploy/link";
import { PushError } from "../../../src/embedded/deploy/types";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function project(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "push-"));
  folders.push(folder);
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "convex"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const push = async (files: Record<string, string>, environment = {}) =>
  await analyze(await bundleProject(project(files)), { environment });

const QUERY = `import { queryGeneric } from "convex/server";\nexport const get = queryGeneric({ args: {}, handler: async () => 1 });\n`;

describe("a project that is served", () => {
  test("its functions, schema, routes and crons are found", async () => {
    const deployment = await analyze(await bundleProject("tests/fixtures/projects/execution"), {
      environment: {},
    });
    const app = deployment.components.get("")!;
    expect(app.functions.get("messages:send")).toMatchObject({
      kind: "mutation",
      visibility: "public",
      environment: "isolate",
      returns: { type: "string" },
      args: { type: "object", value: { text: { fieldType: { type: "string" }, optional: false } } },
    });
    expect(app.functions.get("node:inNode")).toMatchObject({ kind: "action", environment: "node" });
    expect(app.schema?.tables[0]).toMatchObject({
      tableName: "messages",
      indexes: [{ indexDescriptor: "by_text" }],
    });
    expect(app.httpRoutes).toContainEqual({ path: "/fail/*", method: "GET" });
    expect(app.crons).toMatchObject([
      {
        name: "often",
        functionName: "messages:noop",
        schedule: { type: "interval", seconds: 120 },
      },
      { name: "daily", schedule: { type: "daily", hourUTC: 3, minuteUTC: expect.any(Number) } },
    ]);
  });

  test("only modules are entry points", async () => {
    const { definitions } = await bundleProject(
      project({
        "convex/a.ts": QUERY,
        "convex/a.test.ts": QUERY,
        "convex/.hidden.ts": QUERY,
        "convex/_generated/api.ts": QUERY,
        "convex/empty.ts": "const x = 1;",
        "convex/nested/convex.config.ts": QUERY,
        "convex/nested/b.ts": QUERY,
        "convex/notes.md": "",
      }),
    );
    const paths = definitions[0]!.functions.map(({ path }) => path);
    expect(paths.filter((path) => !path.startsWith("_deps/"))).toEqual(["a.js"]);
  });

  test("an app config that only declares variables is fine", async () => {
    const config = `import { defineApp } from "convex/server"; import { v } from "convex/values"; export default defineApp({ env: { KEY: v.string() } });`;
    const deployment = await push({ "convex/a.ts": QUERY, "convex/convex.config.ts": config });
    expect(deployment.components.get("")!.functions.size).toBe(1);
  });
});

test("external packages are loaded from their folder, in Node.js only", async () => {
  const code = `import pc from "picocolors";\nimport { actionGeneric } from "convex/server";\nexport const act = actionGeneric({ handler: async () => pc.bold("x") });`;
  const deployment = await push({
    "convex.json": '{"node": {"externalPackages": ["picocolors"]}}',
    "convex/inNode.ts": `"use node";\n${code}`,
    "convex/mentions.ts": QUERY,
  });
  const { node } = deployment.components.get("")!.scripts;
  expect(node?.source).toMatch(/require\("\/.*\/picocolors\/picocolors\.js"\)/);
  expect(node?.source).not.toContain("FORCE_COLOR");
  const bundled = await push({ "convex/inNode.ts": `"use node";\n${code}` });
  expect(bundled.components.get("")!.scripts.node?.source).toContain("FORCE_COLOR");
});

describe("a project that cannot be served says where and why", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      "a syntax error",
      { "convex/a.ts": "export const x =\n  = 1;" },
      /^convex\/a\.ts:2:3: Unexpected "="/,
    ],
    [
      "a missing package",
      { "convex/a.ts": '\nimport "left-pad-nope"; export {};' },
      /^convex\/a\.ts:2:8: Could not resolve "left-pad-nope"/,
    ],
    [
      "a Node built-in",
      { "convex/a.ts": 'import fs from "fs";\nexport const x = fs;' },
      /^convex\/a\.ts:1:16: [^]*"use node"/,
    ],
    [
      "a bad path",
      { "convex/my-file.ts": QUERY },
      /^convex\/my-file\.ts:1: my-file\.ts is not a valid path to a Convex module/,
    ],
    [
      "actions without use node",
      { "convex/actions/a.ts": QUERY },
      /^convex\/actions\/a\.ts:1: .*"use node"/,
    ],
    [
      "a query in Node.js",
      { "convex/a.ts": `"use node";\n${QUERY}` },
      /^convex\/a\.ts:3: `get` defined in `a\.js` is a Query function\. Only actions can be defined in Node\.js/,
    ],
    [
      "a module that throws",
      { "convex/a.ts": 'export const x = 1;\nthrow new Error("at import");' },
      /^convex\/a\.ts:2:7: Failed to analyze a\.js: Uncaught Error: at import/,
    ],
    [
      "a module that never ends",
      { "convex/a.ts": "export const x = 1; for (;;);" },
      /a\.js: Uncaught Error: running the module took more than/,
    ],
    [
      "a Node.js module that never ends",
      { "convex/a.ts": '"use node";\nexport const x = 1; for (;;);' },
      /a\.js: Uncaught Error: running the module took more than/,
    ],
    [
      "use node in http.ts",
      { "convex/http.ts": '"use node";\nexport default 1;' },
      /^convex\/http\.ts:1: "use node" directive is not allowed/,
    ],
    [
      "no router",
      { "convex/http.ts": "export default 1;" },
      /^convex\/http\.ts:1: the default export of http\.js must be what httpRouter\(\) makes/,
    ],
    [
      "top-level await",
      { "convex/a.ts": "export const x = 1;\nawait x;" },
      /^convex\/a\.ts:2:1: Top-level await/,
    ],
    [
      "a cron of a query",
      {
        "convex/a.ts": QUERY,
        "convex/crons.ts":
          'import { cronJobs } from "convex/server"; const c = cronJobs(); c.interval("x", { hours: 1 }, "a:get" as never); export default c;',
      },
      /the cron "x" calls a:get, which is a query/,
    ],
    [
      "a component that is not there",
      {
        "convex/convex.config.ts":
          'import { defineApp } from "convex/server";\nimport x from "@convex-dev/missing/convex.config";\ndefineApp().use(x);',
      },
      /^convex\/convex\.config\.ts:2:15: Could not resolve "@convex-dev\/missing\/convex\.config"/,
    ],
    [
      "a component with Node.js modules",
      {
        "convex/convex.config.ts":
          'import { defineApp } from "convex/server";\nimport x from "../x/convex.config";\nconst app = defineApp(); app.use(x); export default app;',
        "x/convex.config.ts":
          'import { defineComponent } from "convex/server";\nexport default defineComponent("x");',
        "x/a.ts": '"use node";\nexport const a = 1;',
      },
      /^x\/a\.ts:1: "use node" directive is not supported in components/,
    ],
    ["a broken convex.json", { "convex.json": "{" }, /^convex\.json is not valid JSON/],
  ])("%s", async (_what, files, message) => {
    const error: unknown = await push(files).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PushError);
    expect((error as PushError).message).toMatch(message);
  });
});

describe("auth.config.ts", () => {
  const source = async (text: string) =>
    (await bundleProject(project({ "convex/auth.config.ts": text }))).definitions[0]!.authConfig;
  const config =
    "export default { providers: [{ domain: process.env.ISSUER, applicationID: 'app' }] };";

  test("its providers may depend on variables", async () => {
    expect(evaluateAuthConfig(await source(config), { ISSUER: "https://i" })).toEqual([
      { type: "oidc", domain: "https://i", applicationID: "app" },
    ]);
  });

  test("a variable that is not set is named, also when the file would go on without it", async () => {
    for (const text of [
      config,
      "try { process.env.ISSUER } catch {}; export default { providers: [] };",
    ]) {
      const auth = await source(text);
      expect(() => evaluateAuthConfig(auth, {})).toThrow(
        /^AuthConfigMissingEnvironmentVariable: Environment variable ISSUER/,
      );
    }
  });
});

test("a module that fails to load breaks only those that import it", async () => {
  const module = (path: string, text: string) => ({
    path,
    source: text,
    sourceMap: null,
    environment: "isolate" as const,
  });
  const linked = await linkModules(
    [
      module("bad.js", 'export const x = 1; throw new Error("bad");'),
      module("user.js", 'export { x } from "./bad.js";'),
      module("good.js", "export const y = 2;"),
    ],
    "isolate",
  );
  const modules = new Script(linked.source).runInThisContext() as Record<string, () => unknown>;
  expect(modules["good.js"]!()).toMatchObject({ y: 2 });
  for (let time = 0; time < 2; time++) {
    expect(modules["bad.js"]).toThrow("bad");
    expect(modules["user.js"]).toThrow("bad");
  }
});

test.each([
  ['"use node";', true],
  ["// first\n/* then */ 'use strict'; 'use node'\nimport x", true],
  ['import "x"; "use node";', false],
  ['"use node" + 1;', false],
  ['// "use node"', false],
])("%j asks for Node.js: %s", (source, expected) => {
  expect(hasUseNodeDirective(source)).toBe(expected);
});
