/**
 * Importing this file first ends the process with one sentence on a Node that package.json's `engines` does not allow.
 * It runs before anything is installed and on old versions too: no dependency and no recent syntax here.
 */

/** True when a Node version such as "20.19.0" runs Lagrange. The same ranges as `engines` in package.json. */
export function nodeIsSupported(version) {
  const [major, minor] = version.split(".").map(Number)
  if (major === 20) return minor >= 19
  if (major === 22) return minor >= 12
  return major > 22
}

if (!nodeIsSupported(process.versions.node)) {
  process.stderr.write(
    "Lagrange needs Node 20.19 or newer in line 20, 22.12 or newer in line 22, or 24 and later; this is Node " +
      process.versions.node +
      ".\n",
  )
  process.exit(1)
}
