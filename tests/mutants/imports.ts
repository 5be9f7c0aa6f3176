/** Mistakes in `npx convex import`. */
import type { Mutant } from "./mutants";

const TRANSFER = "src/embedded/runtime/transfer";
const tests = ["tests/embedded/transfer/import.test.ts"];

export const IMPORTS: readonly Mutant[] = [
  {
    name: "import: an id that is there already is written over",
    file: `${TRANSFER}/importTables.ts`,
    find: "if (byId !== undefined && store.lookup(byId.indexId, internalId) !== null) {",
    replace: "if (byId === undefined) {",
    tests,
  },
  {
    name: "import: rows are not held to the schema",
    file: `${TRANSFER}/importTables.ts`,
    find: "if (reason !== null) {",
    replace: "if (reason === null && type === undefined) {",
    tests,
  },
  {
    name: "import: a table with documents is replaced without being told to",
    file: `${TRANSFER}/importPlan.ts`,
    find: 'if (mode === "requireEmpty" && existing > 0) {',
    replace: 'if (mode === "requireEmpty" && existing < 0) {',
    tests,
  },
  {
    name: "import: whole numbers of a snapshot become floats",
    file: `${TRANSFER}/importSource.ts`,
    find: "isUniform ? fromExportJson(text) : text",
    replace: "text",
    tests,
  },
  {
    name: "import: the bytes of replaced files stay",
    file: `${TRANSFER}/imports.ts`,
    find: "target.doubt(storageKey)",
    replace: "void storageKey",
    tests,
  },
  {
    name: "import: documents come to refer to another table",
    file: `${TRANSFER}/importPlan.ts`,
    find: "if (referrer === undefined) return;",
    replace: "return;",
    tests,
  },
  {
    name: "import: what is written meanwhile is lost",
    file: `${TRANSFER}/importTables.ts`,
    find: "existing === 0 ? catalog.table(componentPath, table) : undefined",
    replace: "undefined",
    tests,
  },
  {
    name: "import: anyone may upload",
    file: "src/embedded/server/http/imports.ts",
    find: "await call.requireAdmin();\n      return json(JSON.stringify({ uploadToken:",
    replace: "return json(JSON.stringify({ uploadToken:",
    tests,
  },
];
