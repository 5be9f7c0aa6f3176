/** Mistakes that would let one component into another. */
import type { Mutant } from "./mutants";

const RUNTIME = "src/embedded/runtime";
const EXECUTION = "src/embedded/execution";
const CALLS = ["tests/embedded/components/calls.test.ts"];
const JOBS = ["tests/embedded/components/jobs.test.ts"];
const VARIABLES = ["tests/embedded/components/environment.test.ts"];
const HTTP = ["tests/embedded/components/http.test.ts"];

export const COMPONENTS: readonly Mutant[] = [
  {
    name: "components: all share the app's tables",
    file: `${EXECUTION}/syscalls.ts`,
    find: "return tx.syscall(call.spec.componentPath, op, args);",
    replace: 'return tx.syscall("", op, args);',
    tests: CALLS,
  },
  {
    name: "components: users are known everywhere",
    file: `${EXECUTION}/syscalls.ts`,
    find: 'return isWithinApp || call.identity.kind === "admin" ? call.identity : { kind: "none" };',
    replace: "return isWithinApp ? call.identity : call.identity;",
    tests: CALLS,
  },
  {
    name: "components: a failed nested mutation keeps its writes",
    file: `${EXECUTION}/syscalls.ts`,
    find: "if (!isGood) tx.rollbackTo(savepoint);",
    replace: "void isGood;",
    tests: CALLS,
  },
  {
    name: "components: internal functions can be called from outside",
    file: `${RUNTIME}/addresses.ts`,
    find: 'if (spec?.visibility === "public" && spec.kind !== "httpAction") return spec;',
    replace: 'if (spec !== undefined && spec.kind !== "httpAction") return spec;',
    tests: CALLS,
  },
  {
    name: "components: references lead to the app's children from everywhere",
    file: `${RUNTIME}/addresses.ts`,
    find: "deployment?.components.get(from)?.children.get(child)",
    replace: 'deployment?.components.get("")?.children.get(child)',
    tests: CALLS,
  },
  {
    name: "components: clients may name one",
    file: `${RUNTIME}/access.ts`,
    find: 'return spec.visibility === "public" && componentPath === "" ? spec : undefined;',
    replace: 'return spec.visibility === "public" ? spec : undefined;',
    tests: CALLS,
  },
  {
    name: "components: instances share the variables of modules",
    file: `${EXECUTION}/actionThread.ts`,
    find: "JSON.stringify([componentPath, script.filename, variables])",
    replace: 'JSON.stringify([componentPath.slice(0, 0), script.filename, ""])',
    tests: CALLS,
  },
  {
    name: "components: calls nest one too deep",
    file: `${EXECUTION}/transactions.ts`,
    find: "if (depth <= DEPTH_MAX)",
    replace: "if (depth <= DEPTH_MAX + 1)",
    tests: CALLS,
  },
  {
    name: "components: see the app's variables",
    file: `${RUNTIME}/componentEnvironment.ts`,
    find: "const variables: Record<string, string> = { ...system };",
    replace: "const variables: Record<string, string> = { ...app, ...system };",
    tests: VARIABLES,
  },
  {
    name: "components: keep the variables that they once saw",
    file: `${RUNTIME}/componentEnvironment.ts`,
    find: "if (last?.from === app) return last.variables;",
    replace: "if (last !== undefined) return last.variables;",
    tests: VARIABLES,
  },
  {
    name: "components: a required variable may be missing",
    file: `${RUNTIME}/componentEnvironment.ts`,
    find: "optional !== true && variables[name] === undefined",
    replace: "optional === false && variables[name] === undefined",
    tests: VARIABLES,
  },
  {
    name: "components: a job forgets whose function it runs",
    file: `${RUNTIME}/jobTable.ts`,
    find: "if (targetPath !== componentPath) {",
    replace: "if (targetPath === componentPath) {",
    tests: JOBS,
  },
  {
    name: "components: a job is its target's",
    file: `${RUNTIME}/hosts.ts`,
    find: "const paths = { componentPath, targetPath: spec.componentPath };",
    replace: "const paths = { componentPath: spec.componentPath, targetPath: spec.componentPath };",
    tests: JOBS,
  },
  {
    name: "components: handles are names within the caller",
    file: `${RUNTIME}/functionPath.ts`,
    find: "componentPath: handle.slice(HANDLE_PREFIX.length, semicolon),",
    replace: "componentPath: handle.slice(0, 0),",
    tests: JOBS,
  },
  {
    name: "components: a stale snapshot sees the mutation's own writes",
    file: `${EXECUTION}/syscalls.ts`,
    find: "frame.runNested(nested, isSnapshot ? tx.snapshot() : tx)",
    replace: "frame.runNested(nested, isSnapshot ? tx : tx)",
    tests: CALLS,
  },
  {
    name: "components: new files in their folders are not watched",
    file: "src/embedded/command/pushing.ts",
    find: "...this.#componentFolders.filter(isOwn)",
    replace: "...this.#componentFolders.filter(() => false)",
    tests: ["tests/embedded/components/watching.test.ts"],
  },
  {
    name: "components: the app's HTTP prefix is for all of its children",
    file: `${RUNTIME}/httpRouting.ts`,
    find: 'if (componentPath !== "" || httpPrefix === null) return path;',
    replace: "if (httpPrefix === null) return path;",
    tests: HTTP,
  },
  {
    name: "components: a mounted router is asked for the whole path",
    file: `${RUNTIME}/httpRouting.ts`,
    find: "left = `/${rest}`;",
    replace: "left = path;",
    tests: HTTP,
  },
];
