import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, the longest first: begun last, one would keep all others waiting for its end. */
const LONGEST = [
  "tests/reliability/killLoop.test.ts",
  "tests/embedded/histories/histories.test.ts",
  "tests/e2e/killedWorker.test.ts",
  "tests/e2e/start.test.ts",
  "tests/embedded/store/sweep.test.ts",
  "tests/embedded/command/main.test.ts",
  "tests/embedded/backup/backup.test.ts",
  "tests/embedded/cli/commands.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((path) => moduleId.endsWith(path));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/**
 * Tests read like the tree: `tests/convex` goes through the product's doors, `tests/src` mirrors `src`,
 * `tests/embedded` holds the embedded runtime to Convex's behaviour, `tests/reliability` kills processes.
 */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What a test waits for may take its time on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    // Many tests wait for processes and for the disk. By default one processor stays idle: of two, half.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    globalSetup: [
      "tests/support/memoryFolder.ts",
      "tests/support/compiledCommands.ts",
      "tests/support/deployedFolders.ts",
    ],
    reporters: ["default", ["json", { outputFile: "test-results/report.json" }]],
    server: { deps: { inline: ["convex-test"] } },
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    // `npm run test:browser`
    exclude: ["tests/browser/**"],
  },
});
