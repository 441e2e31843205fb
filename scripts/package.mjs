/** `npm run package`: the gateway as one package that starts without a clone, a compiler or a build. */
import "./lib/require-node.mjs"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { ensureBuilt, PACKAGED_TARGETS } from "./lib/bundles.mjs"
import { ensureInstalled, runNpm } from "./lib/install.mjs"
import { layPackage } from "./lib/package-folder.mjs"
import { PlainError, runScript, step } from "./lib/progress.mjs"
import { showUsage } from "./lib/usage.mjs"

const usage = `npm run package [-- FOLDER]

Builds what is stale and makes lagrange-VERSION.tgz in FOLDER (here, where it is left out). Its path is the result on standard output.`

await runScript(async () => {
  const [folder = ".", ...more] = process.argv.slice(2)
  if (folder === "--help") return showUsage(usage)
  if (more.length > 0 || folder.startsWith("-")) throw new PlainError(`What is "${more[0] ?? folder}"?\n\n${usage}`, 2)
  await ensureInstalled()
  await ensureBuilt(PACKAGED_TARGETS)
  const destination = resolve(folder)
  mkdirSync(destination, { recursive: true })
  const laid = mkdtempSync(join(tmpdir(), "lagrange-package-"))
  try {
    layPackage(laid)
    const done = step("packing")
    const packing = ["pack", "--json", "--pack-destination", destination]
    const { stdout } = await runNpm(packing, { output: "capture", cwd: laid })
    const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(stdout)
    const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
    done(`${entryCount} files, ${mib(size)}, unpacked ${mib(unpackedSize)}`)
    console.log(join(destination, filename))
  } finally {
    rmSync(laid, { recursive: true, force: true })
  }
  return 0
})
