/** A reporter for vitest that names at the end what went wrong outside any test: the run fails with it, and no report holds it. */
export default class OutsideReporter {
  onTestRunEnd(_modules, errors) {
    for (const line of errorsOutside(errors)) console.log(line)
  }
}

/** One line for each: what it was, and the first place of ours on its way. */
export function errorsOutside(errors) {
  return errors.map(({ name = "Error", message = "", stack = "" }) => {
    const [what = ""] = message.split("\n", 1)
    const place = stack.split("\n").find((line) => /^\s*at /.test(line) && !/node_modules|node:/.test(line))
    return `Failed: outside any test: ${name}: ${what}${place === undefined ? "" : ` (${place.trim()})`}`
  })
}
