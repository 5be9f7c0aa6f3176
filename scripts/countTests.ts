/** Prints `N passed, N failed[, N skipped]` from vitest's JSON report; fails when there is nothing to count. */
import { readFileSync } from "node:fs";
import { z } from "zod";

const [reportPath] = process.argv.slice(2);
if (reportPath === undefined) {
  console.error("Usage: tsx scripts/countTests.ts <vitest JSON report>");
  process.exit(2);
}

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numFailedTestSuites: z.number(),
});
const report = Report.parse(JSON.parse(readFileSync(reportPath, "utf8")));

// A test file that cannot even be loaded has no failed test of its own, yet it is a failure.
const failed = Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped}`);
process.exit(failed > 0 || report.numPassedTests === 0 ? 1 : 0);
