import { defineConfig } from "vitest/config";

/**
 * Tests read like the tree: `tests/convex` goes through the product's doors, `tests/src` mirrors `src`,
 * `tests/embedded` holds the embedded runtime to Convex's behaviour, `tests/reliability` kills processes.
 */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What a test waits for may take its time on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    reporters: ["default", ["json", { outputFile: "test-results/report.json" }]],
    server: { deps: { inline: ["convex-test"] } },
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    // `npm run test:browser`
    exclude: ["tests/browser/**"],
  },
});
