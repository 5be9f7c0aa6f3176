import { defineConfig } from "vitest/config";

/** Demo applications in a real Chromium. Apart from the other tests, which need nothing but npm. */
export default defineConfig({
  test: {
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // They mostly wait: for the browser, the server, the clock.
    maxWorkers: 2,
    expect: { poll: { timeout: 20_000, interval: 100 } },
    globalSetup: ["tests/support/memoryFolder.ts", "tests/support/deployedFolders.ts"],
    reporters: ["default", ["json", { outputFile: "test-results/browser.json" }]],
    include: ["tests/browser/**/*.test.ts"],
  },
});
