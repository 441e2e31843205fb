/**
 * Counts of one test run, from vitest's JSON report and its exit code. A file that could not be loaded and an error outside
 * any test count as one failure each, so that no run with a failure ends in "0 failed".
 */
export function countTests(report, exitCode) {
  const passed = report?.numPassedTests ?? 0
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0)
  const unloaded = (report?.testResults ?? []).filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length
  const counted = (report?.numFailedTests ?? 0) + unloaded
  const failed = counted === 0 && exitCode !== 0 ? 1 : counted
  return { passed, failed, skipped, isBroken: failed > 0 || exitCode !== 0 }
}
