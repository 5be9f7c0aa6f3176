/**
 * The layout's rules, checked like behaviour. Each says why it exists, so that whoever breaks one learns
 * the reason, and changes the rule in the same commit if it is wrong.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { MUTANTS } from "./mutants/mutants";

type SourceFile = {
  /** From the top of the repository, with forward slashes. */
  path: string;
  text: string;
  /** What it imports: ours as paths from the top, packages by name. Type-only imports apart. */
  imports: string[];
  typeImports: string[];
};

const IMPORT = /^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"/gm;

function filesIn(folder: string): SourceFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name).replaceAll("\\", "/"))
    .filter((path) => /\.tsx?$/.test(path) && !path.includes("/_generated/"))
    .map((path) => {
      const text = readFileSync(path, "utf8");
      const found = [...text.matchAll(IMPORT)].map(([, type, from, bare]) => {
        const name = from ?? bare ?? "";
        const target = name.startsWith(".") ? normalize(join(dirname(path), name)) : name;
        return { isType: type !== undefined, target };
      });
      return {
        path,
        text,
        imports: found.filter(({ isType }) => !isType).map(({ target }) => target),
        typeImports: found.filter(({ isType }) => isType).map(({ target }) => target),
      };
    });
}

/** "file → import" for every import that the rule forbids; types count unless they are allowed. */
function offences(
  files: SourceFile[],
  isForbidden: (target: string) => boolean,
  { typesAllowed = false } = {},
): string[] {
  return files.flatMap(({ path, imports, typeImports }) =>
    [...imports, ...(typesAllowed ? [] : typeImports)]
      .filter(isForbidden)
      .map((target) => `${path} → ${target}`),
  );
}

const within =
  (...folders: string[]) =>
  (target: string): boolean =>
    folders.some((folder) => target === folder || target.startsWith(`${folder}/`));
const isConvexPackage = within("convex", "convex-test");

const convex = filesIn("convex");
const doors = ["queries", "mutations", "actions"].flatMap((name) => filesIn(`convex/${name}`));

test("the files are found: a rule over nothing proves nothing", () => {
  expect(convex.length).toBeGreaterThan(30);
  expect(doors.length).toBeGreaterThan(5);
  expect(convex.flatMap(({ imports }) => imports)).toContain("convex/model/access");
});

describe("doors", () => {
  test("hold no logic: they check, call and return, and do not touch the database", () => {
    expect(doors.filter(({ text }) => /\bctx\.db\b/.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });

  test("are public only: what is internal lives in convex/jobs, so that these folders are the audit", () => {
    const internal = /\binternal(Query|Mutation|Action)\b/;
    expect(doors.filter(({ text }) => internal.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("are the only public functions: elsewhere nobody would look for one", () => {
    const doorPaths = new Set(doors.map(({ path }) => path));
    const others = convex.filter(({ path }) => !doorPaths.has(path));
    const registers = /=\s*(query|mutation|action)\(/;
    expect(others.filter(({ text }) => registers.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("each function has args, returns, a docblock and one scope check with a permission", () => {
    for (const { path, text } of doors) {
      const functions = [...text.matchAll(/export const (\w+) = (?:query|mutation|action)\(/g)];
      const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
      expect(count(/\n {2}args: /g), `${path}: args`).toBe(functions.length);
      expect(count(/\n {2}returns: /g), `${path}: returns`).toBe(functions.length);
      expect(count(/\*\/\nexport const \w+ = /g), `${path}: docblocks`).toBe(functions.length);
      // `requireUser` is for what is a person's own and no tenant's.
      const checks =
        /await (require(Scope|Permission)\(ctx, \{ tenantId, apiKey, permission: "|requireUser\(ctx\))/g;
      expect(count(checks), `${path}: checks`).toBe(functions.length);
    }
  });
});

describe("convex/", () => {
  test('every file in actions/ and node/ starts with "use node": the Convex bundler refuses it otherwise, or node/ would be in vain', () => {
    const nodeOnly = [...filesIn("convex/actions"), ...filesIn("convex/node")];
    expect(nodeOnly.length).toBeGreaterThan(5);
    const missing = nodeOnly.filter(({ text }) => !text.startsWith('"use node"'));
    expect(missing.map(({ path }) => path)).toEqual([]);
  });

  test('"use node" stands nowhere else: cold starts, and other files may not import such a file', () => {
    const nodeFiles = convex.filter(({ text }) => text.startsWith('"use node"'));
    const elsewhere = nodeFiles.filter(({ path }) => !/^convex\/(actions|node)\//.test(path));
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });

  test("file names have one dot and no dash: others are skipped or refused by the bundler", () => {
    const names = convex.map(({ path }) => path.slice("convex/".length));
    const special = new Set(["auth.config.ts", "convex.config.ts"]);
    const bad = names.filter((name) => !special.has(name) && !/^[A-Za-z0-9_/]+\.ts$/.test(name));
    expect(bad).toEqual([]);
  });

  test("does not know the embedded runtime, the command line or the dashboard: it runs on any Convex", () => {
    const strangers = within("src/embedded", "src/cli", "src/dashboard");
    expect(offences(convex, strangers)).toEqual([]);
  });

  test("model/ and doors load no provider SDK: every query and mutation would carry its code", () => {
    const files = [...filesIn("convex/model"), ...doors];
    const heavy = within("src/providers", "@anthropic-ai/sdk", "openai");
    const facts = new Set(["src/providers/modelFacts", "src/providers/mediaTokens"]);
    const isHeavy = (target: string) => heavy(target) && !facts.has(target);
    expect(offences(files, isHeavy, { typesAllowed: true })).toEqual([]);
  });

  test("model/ knows neither doors nor jobs nor rest: logic is called, it does not call back", () => {
    const above = ["queries", "mutations", "actions", "jobs", "rest"].map((n) => `convex/${n}`);
    expect(offences(filesIn("convex/model"), within(...above))).toEqual([]);
  });

  test("lib/ has no domain", () => {
    expect(offences(filesIn("convex/lib"), within("convex/model", "convex/validators"))).toEqual(
      [],
    );
  });

  test("validators/ imports nothing else of convex/: the schema imports it", () => {
    const validators = filesIn("convex/validators");
    expect(validators.length).toBeGreaterThan(3);
    const isFree = (target: string) =>
      target === "convex/values" || target.startsWith("convex/validators/");
    expect(
      offences(validators, (target) => target.startsWith("convex/") && !isFree(target)),
    ).toEqual([]);
  });

  test("only model/access.ts makes a scope: elsewhere a cast would go around the check", () => {
    const casts = convex.filter(({ text }) => /\bas (Tenant|Caller)Scope\b/.test(text));
    expect(casts.map(({ path }) => path)).toEqual(["convex/model/access.ts"]);
  });

  test("the environment is read in two files: one for the providers, one for the deployment's own secrets", () => {
    const readers = convex.filter(({ text }) => /import \{[^}]*\benv\b[^}]*\} from/.test(text));
    expect(readers.map(({ path }) => path).toSorted()).toEqual([
      "convex/model/deploymentSecrets.ts",
      "convex/model/providers/deployment.ts",
    ]);
  });
});

describe("schema.ts", () => {
  const lines = filesIn("convex/schema").flatMap(({ text }) => text.split("\n"));
  const tables = lines.flatMap((line, index) => {
    const name = /^ {2}(\w+): defineTable\(/.exec(line)?.[1];
    return name === undefined ? [] : [{ name, comment: lines[index - 1] ?? "" }];
  });

  test("says of every table who writes it, who reads it and how its rows end", () => {
    expect(tables.length).toBeGreaterThan(25);
    const silent = tables.filter(({ comment }) => !comment.startsWith("  // "));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  test("has tenantId first in every tenant table's indexes, but for those marked in the comments", () => {
    const marked = new Set([
      "by_user",
      "by_token_hash",
      "by_key_hash",
      "by_storage_id",
      "by_email",
      // For sweepers and pollers, which work for all tenants.
      "by_chunks_expiry",
      "by_reap_time",
      "by_rank",
      "by_end_time",
      "by_step_time",
      "by_fold_time",
      "by_opening",
      "by_end",
      "by_age",
      "by_expiry",
      "by_status_and_expiry",
      "by_sealing_key",
      "by_type",
      "by_lane",
      "by_due",
      "by_rest",
    ]);
    const ofNoTenant = new Set([
      "tenants",
      "users",
      "identities",
      "passwords",
      "auth_sessions",
      "one_time_links",
      "device_grants",
      "erasures",
      "drivers",
      // The marketplace is everyone's.
      "skills",
      "skill_versions",
    ]);
    let table = "";
    const bad: string[] = [];
    for (const line of lines) {
      table = /^ {2}(\w+): defineTable\(/.exec(line)?.[1] ?? table;
      const [, name = "", first] = /\.index\("(\w+)", \["(\w+)"/.exec(line) ?? [];
      if (name === "" || ofNoTenant.has(table) || marked.has(name)) continue;
      if (first !== "tenantId") bad.push(`${table}.${name}`);
    }
    expect(bad).toEqual([]);
  });
});

describe("src/", () => {
  test("core, pricing, providers, tools and context import nothing of Convex: they are plain TypeScript", () => {
    const pure = ["core", "pricing", "providers", "tools", "context"].flatMap((name) =>
      filesIn(`src/${name}`),
    );
    expect(offences(pure, isConvexPackage)).toEqual([]);
  });

  test("core imports nothing of ours: everything rests on it", () => {
    const others = (target: string) => target.startsWith("src/") && !target.startsWith("src/core/");
    expect(offences(filesIn("src/core"), others)).toEqual([]);
  });

  test("tools rest on core, the checker of JSON Schema and the reader of HTML alone: what an agent may call stays small enough to audit", () => {
    const tools = filesIn("src/tools");
    expect(tools.length).toBeGreaterThan(4);
    const allowed = within("src/core", "src/tools", "@cfworker/json-schema", "htmlparser2");
    expect(offences(tools, (target) => !allowed(target))).toEqual([]);
  });

  test("the embedded runtime is a stranger to the product: it could be a package of its own", () => {
    const ours = (target: string) =>
      (target.startsWith("src/") && !target.startsWith("src/embedded/")) ||
      /^convex\/(_generated|model|queries|mutations|jobs|lib|schema|validators|views)\b/.test(
        target,
      );
    expect(offences(filesIn("src/embedded"), ours)).toEqual([]);
  });

  test("client rests on Convex's own clients, React and openapi-fetch alone: it runs in browsers", () => {
    const client = filesIn("src/client");
    expect(client.length).toBeGreaterThan(2);
    const packages = ["convex/react", "react", "openapi-fetch"];
    const allowed = within("src/client", "convex/_generated", ...packages);
    expect(offences(client, (target) => !allowed(target), { typesAllowed: true })).toEqual([]);
  });

  test("dashboard and cli take only types and core from below: they talk to the deployment as clients do", () => {
    const inner = (target: string) =>
      /^convex\/(model|queries|mutations|jobs|lib|schema|validators)\b/.test(target);
    const clients = [...filesIn("src/dashboard"), ...filesIn("src/cli")];
    expect(offences(clients, inner, { typesAllowed: true })).toEqual([]);
  });
});

test("each mutant's text stands once in its file: code that has moved on leaves it proving nothing", () => {
  const places = ({ file, find }: (typeof MUTANTS)[number]) =>
    readFileSync(file, "utf8").split(find).length - 1;
  const stale = MUTANTS.filter((mutant) => places(mutant) !== 1);
  expect(stale.map(({ file, name }) => `${name} (${file})`)).toEqual([]);
});
