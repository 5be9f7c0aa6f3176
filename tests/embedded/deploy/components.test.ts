/** Definitions and instances, from pushes in the form in which the CLI sends them. */
import { expect, test } from "vitest";
import { analyze } from "../../../src/embedded/deploy/analyze";
import type { DefinitionSource, Deployment, Push } from "../../../src/embedded/deploy/types";

type Child = { name?: string; env?: object; at: string };
type Config = {
  name?: string;
  uses?: Child[];
  env?: Record<string, { type: string; optional?: boolean; value?: unknown }>;
  mounts?: Record<string, string>;
  routes?: { path: string; method: string }[];
};

function importOf(path: string): string {
  return `./_componentDeps/${Buffer.from(path).toString("base64url")}`;
}

/** What `convex.config.ts` becomes, without the package that usually makes it. */
function definition(path: string, config: Config): DefinitionSource {
  const { name, uses = [], env = {}, mounts = {}, routes } = config;
  const imports = uses.map(({ at }, i) => `import child${i} from ${JSON.stringify(importOf(at))};`);
  const children = uses.map(
    ({ name: as, env: bindings = {} }, i) =>
      `{name: ${as === undefined ? `child${i}.defaultName` : JSON.stringify(as)},` +
      `path: child${i}.componentDefinitionPath, args: [], env: ${JSON.stringify(Object.entries(bindings))}}`,
  );
  const envVars = Object.entries(env).map(([key, { optional, ...validator }]) => [
    key,
    { type: "value", value: JSON.stringify(validator), ...(optional ? { optional } : {}) },
  ]);
  const type = name === undefined ? { type: "app" } : { type: "childComponent", name, args: [] };
  const source =
    `${imports.join("\n")}\n` +
    `const it = { export: () => ({ definitionType: ${JSON.stringify(type)},\n` +
    `childComponents: [${children.join(",")}], httpMounts: ${JSON.stringify(mounts)},\n` +
    `exports: {type: "branch", branch: []}, envVars: ${JSON.stringify(envVars)} }) };\n` +
    `export { it as default };`;
  const router =
    `const router = { isRouter: true, getRoutes: () => ${JSON.stringify((routes ?? []).map((route) => [route.path, route.method]))} };\n` +
    "export { router as default };";
  const module = { sourceMap: null, environment: "isolate" } as const;
  const inFolder = path === "" ? "convex.config.js" : `${path}/convex.config.js`;
  return {
    definitionPath: path,
    functions: routes === undefined ? [] : [{ ...module, path: "http.js", source: router }],
    schema: null,
    authConfig: null,
    definition: { ...module, path: inFolder, source },
    dependencies: [...new Set(uses.map(({ at }) => at))],
  };
}

function push(configs: Record<string, Config>): Push {
  return { definitions: Object.entries(configs).map(([path, config]) => definition(path, config)) };
}

async function deployed(configs: Record<string, Config>): Promise<Deployment> {
  return await analyze(push(configs), { environment: {} });
}

test("the tree of instances has one for each use, and shares the code", async () => {
  const { components, definitions } = await deployed({
    "": { uses: [{ at: "outer" }, { at: "outer", name: "second" }] },
    outer: { name: "outer", uses: [{ at: "../inner", name: "pool" }] },
    "../inner": { name: "inner", routes: [{ path: "/x", method: "GET" }] },
  });
  expect([...components.keys()]).toEqual(["", "outer", "outer/pool", "second", "second/pool"]);
  expect(components.get("")?.children).toEqual(
    new Map([
      ["outer", "outer"],
      ["second", "second"],
    ]),
  );
  expect(components.get("outer/pool")?.definitionPath).toBe("../inner");
  expect(components.get("outer/pool")?.scripts.isolate).toBe(
    components.get("second/pool")?.scripts.isolate,
  );
  expect([...definitions.keys()]).toEqual(["", "outer", "../inner"]);
});

test("an app without a convex.config is an app without components", async () => {
  const app = { ...definition("", {}), definition: null };
  const { components, definitions } = await analyze({ definitions: [app] }, { environment: {} });
  expect([...components.keys()]).toEqual([""]);
  expect(definitions.get("")?.definition.definitionType).toEqual({ type: "app" });
});

const STRING = { type: "string" };

test("variables come from literals and, through any number of parents, from the app", async () => {
  const { components } = await deployed({
    "": {
      env: { KEY: STRING },
      uses: [{ at: "a", env: { OWN: { type: "envVar", name: "KEY" } } }],
    },
    a: {
      name: "a",
      env: { OWN: STRING, UNSET: { ...STRING, optional: true } },
      uses: [
        {
          at: "b",
          env: {
            INHERITED: { type: "envVar", name: "OWN" },
            LITERAL: { type: "value", value: "fast" },
            NOTHING: { type: "envVar", name: "UNSET" },
          },
        },
      ],
    },
    b: {
      name: "b",
      env: {
        INHERITED: STRING,
        LITERAL: { type: "literal", value: "fast" },
        NOTHING: { ...STRING, optional: true },
      },
    },
  });
  expect(components.get("a/b")?.env).toEqual(
    new Map([
      ["INHERITED", { type: "envVar", name: "KEY" }],
      ["LITERAL", { type: "value", value: "fast" }],
    ]),
  );
});

test("mounts are relative to where their parent is mounted", async () => {
  const routes = [{ path: "/x", method: "GET" }];
  const { components } = await deployed({
    "": { uses: [{ at: "a" }], mounts: { "/a/": "_reference/childComponent/a" } },
    a: {
      name: "a",
      uses: [{ at: "b" }],
      mounts: { "/b/": "_reference/childComponent/b" },
    },
    b: { name: "b", routes },
  });
  expect(components.get("")?.httpMounts).toEqual([{ prefix: "/a/", componentPath: "a" }]);
  expect(components.get("a/b")?.httpPrefix).toBe("/a/b/");
});

const REFUSED: [name: string, configs: Record<string, Config>, message: RegExp][] = [
  [
    "two children of one name",
    { "": { uses: [{ at: "a" }, { at: "a" }] }, a: { name: "a" } },
    /^convex\.config\.js:1: .*multiple child components with the same name: "a"/,
  ],
  [
    "a definition that was not pushed",
    { "": { uses: [{ at: "a" }] } },
    /Component definition not found: "a"/,
  ],
  [
    "definitions that use each other",
    {
      "": { uses: [{ at: "a" }] },
      a: { name: "a", uses: [{ at: "b" }] },
      b: { name: "b", uses: [{ at: "a" }] },
    },
    /^a\/convex\.config\.js:1: Found cyclic definition dependency/,
  ],
  [
    "an app used as a component",
    { "": { uses: [{ at: "a", name: "a" }] }, a: {} },
    /invalid value\. Please make sure that it is the return value of `defineComponent\(\)`/,
  ],
  [
    "a variable that is required",
    { "": { uses: [{ at: "a" }] }, a: { name: "a", env: { KEY: STRING } } },
    /Component "a" is missing required env var "KEY"/,
  ],
  [
    "a variable that was not declared",
    {
      "": { uses: [{ at: "a", env: { KEY: { type: "value", value: "x" } } }] },
      a: { name: "a" },
    },
    /Component "a" has no env var named "KEY"/,
  ],
  [
    "an optional variable for a required one",
    {
      "": {
        env: { KEY: { ...STRING, optional: true } },
        uses: [{ at: "a", env: { KEY: { type: "envVar", name: "KEY" } } }],
      },
      a: { name: "a", env: { KEY: STRING } },
    },
    /"KEY" is required, but parent env var "KEY" is optional/,
  ],
  [
    "a variable with more values than the component takes",
    {
      "": {
        env: { KEY: STRING },
        uses: [{ at: "a", env: { KEY: { type: "envVar", name: "KEY" } } }],
      },
      a: { name: "a", env: { KEY: { type: "literal", value: "fast" } } },
    },
    /validator is not satisfied by parent env var "KEY"/,
  ],
  [
    "a literal that the component does not take",
    {
      "": { uses: [{ at: "a", env: { KEY: { type: "value", value: "slow" } } }] },
      a: { name: "a", env: { KEY: { type: "literal", value: "fast" } } },
    },
    /Component "a" env var "KEY" has an invalid value/,
  ],
  [
    "a mount of a component without routes",
    {
      "": { uses: [{ at: "a" }], mounts: { "/a/": "_reference/childComponent/a" } },
      a: { name: "a" },
    },
    /Child component "a" doesn't have any HTTP routes/,
  ],
  [
    "a mount where a prefix route is",
    {
      "": {
        uses: [{ at: "a" }],
        mounts: { "/a/": "_reference/childComponent/a" },
        routes: [{ path: "/a/*", method: "GET" }],
      },
      a: { name: "a", routes: [{ path: "/x", method: "GET" }] },
    },
    /Overlap with existing prefix route/,
  ],
];

test.each(REFUSED)("a push is refused for %s", async (_name, configs, message) => {
  await expect(deployed(configs)).rejects.toThrow(message);
});

test("a tree that doubles at each level is refused before it is built", async () => {
  const levels = Object.fromEntries(
    Array.from({ length: 40 }, (_, level): [string, Config] => [
      level === 0 ? "" : `l${level}`,
      {
        ...(level === 0 ? {} : { name: `l${level}` }),
        uses:
          level === 39
            ? []
            : [
                { at: `l${level + 1}`, name: "left" },
                { at: `l${level + 1}`, name: "right" },
              ],
      },
    ]),
  );
  await expect(deployed(levels)).rejects.toThrow("An app can have at most 1000 components.");
});

/** A module with one function, as the `convex` package registers it. */
function moduleOf(path: string, exportName: string, flags: object) {
  const source =
    `const it = Object.assign(() => {}, ${JSON.stringify(flags)});\n` +
    `export { it as ${exportName} };`;
  return { path, source, sourceMap: null, environment: "isolate" } as const;
}

async function exportsWith(...functions: ReturnType<typeof moduleOf>[]) {
  const app = definition("", { uses: [{ at: "a" }] });
  const component = { ...definition("a", { name: "a" }), functions };
  const { definitions } = await analyze({ definitions: [app, component] }, { environment: {} });
  return definitions.get("a")?.definition.exports;
}

const PUBLIC = { isQuery: true, isPublic: true };

test("a component exports its public functions by their places", async () => {
  const exports = await exportsWith(
    moduleOf("books.js", "list", PUBLIC),
    moduleOf("secrets.js", "hidden", { isQuery: true, isInternal: true }),
    moduleOf("deep/er.js", "get", PUBLIC),
  );
  expect(exports).toEqual({
    type: "branch",
    branch: [
      [
        "books",
        {
          type: "branch",
          branch: [["list", { type: "leaf", leaf: "_reference/function/books.js:list" }]],
        },
      ],
      [
        "deep",
        {
          type: "branch",
          branch: [
            [
              "er",
              {
                type: "branch",
                branch: [["get", { type: "leaf", leaf: "_reference/function/deep/er.js:get" }]],
              },
            ],
          ],
        },
      ],
    ],
  });
});

test("a function and a module cannot have the same place", async () => {
  await expect(
    exportsWith(moduleOf("a.js", "b", PUBLIC), moduleOf("a/b.js", "c", PUBLIC)),
  ).rejects.toThrow("Path a/b.js:c conflicts with existing export");
});
