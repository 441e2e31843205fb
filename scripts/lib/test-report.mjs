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

/** One line for each failed test, and for each file that could not be loaded: where it stands and what was wrong first. */
export function listFailures(report) {
  return (report?.testResults ?? [])
    .filter((file) => file.status === "failed")
    .flatMap((file) => {
      const failed = file.assertionResults.filter((test) => test.status === "failed")
      if (failed.length === 0) return [`${file.name}: ${firstLine(file.message)}`]
      return failed.map((test) => `${file.name} > ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`)
    })
}

function firstLine(text) {
  return text?.split("\n", 1)[0] || "no message"
}
