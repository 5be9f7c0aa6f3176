/** The export command: one mistake each. */
import type { Mutant } from "./mutants";

const EXPORT = ["tests/e2e/export.test.ts"];

export const EXPORTS: readonly Mutant[] = [
  {
    name: "export command: lines that a killed process left are kept",
    file: "src/cli/export/exportTo.ts",
    find: "  await truncate(lines, progress.lineBytes);\n",
    replace: "  void truncate;\n",
    tests: EXPORT,
  },
  {
    name: "export command: half a file is a file",
    file: "src/cli/export/files.ts",
    find: "if ((await sizeOf(path)) === file.sizeBytes) return true;",
    replace: "if ((await sizeOf(path)) !== null) return true;",
    tests: EXPORT,
  },
  {
    name: "export command: a file's name may lead out of the folder",
    file: "src/cli/export/files.ts",
    find: "`${plainId(file._id)}${endingOf(file.name)}`",
    replace: "file.name || plainId(endingOf(file._id))",
    tests: EXPORT,
  },
  {
    name: "export command: what was stopped begins again",
    file: "src/cli/export/reader.ts",
    find: "...(apiKey && { apiKey }), ...next };",
    replace: '...(apiKey && { apiKey }), ...(tenantId === null ? next : { table: "tenants" }) };',
    tests: EXPORT,
  },
  {
    name: "export command: a complete export is written over",
    file: "src/cli/export/progress.ts",
    find: "if (progress.isComplete) throw",
    replace:
      "if (progress.isComplete) return { ...progress, isComplete: false }; else if (!url) throw",
    tests: EXPORT,
  },
];
