/**
 * Prints what failed and `N passed, N failed[, N skipped]`, the sum over vitest's JSON reports; fails when there is
 * nothing to count. A missing report counts as one failure: tests that did not run have not passed.
 */
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const reportPaths = process.argv.slice(2);
if (reportPaths.length === 0) {
  console.error("Usage: tsx scripts/countTests.ts <vitest JSON report>...");
  process.exit(2);
}

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numFailedTestSuites: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});
type Report = z.infer<typeof Report>;
const NONE: Report = {
  numPassedTests: 0,
  numFailedTests: 1,
  numPendingTests: 0,
  numFailedTestSuites: 0,
  testResults: [],
};
const reports = reportPaths.map((path) => {
  if (existsSync(path)) return Report.parse(JSON.parse(readFileSync(path, "utf8")));
  console.log(`FAILED ${path} is missing`);
  return NONE;
});

// A log is long and may be cut: its end says which tests failed, and why.
for (const { name, status, message, assertionResults } of reports.flatMap((r) => r.testResults)) {
  if (status === "failed" && message !== "") console.log(`FAILED ${name}\n${message}`);
  for (const { fullName, failureMessages } of assertionResults.filter(isFailed)) {
    console.log([`FAILED ${name} > ${fullName}`, ...(failureMessages ?? [])].join("\n"));
  }
}

const sum = (count: (report: Report) => number) =>
  reports.reduce((total, report) => total + count(report), 0);

const passed = sum((report) => report.numPassedTests);
// A test file that cannot even be loaded has no failed test of its own, yet it is a failure.
const failed = sum((report) =>
  Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0),
);
const skipped = sum((report) => report.numPendingTests);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed > 0 || reports.some((report) => report.numPassedTests === 0) ? 1 : 0);

function isFailed({ status }: { status: string }): boolean {
  return status === "failed";
}
