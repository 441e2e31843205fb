/** What tests need of the system: root on Debian installs it, whoever else is told what is missing. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs"
import { delimiter, join } from "node:path"
import { PlainError, step } from "./progress.mjs"
import { root } from "./root.mjs"
import { runChild } from "./run-child.mjs"

const options = { output: "on-failure", env: { DEBIAN_FRONTEND: "noninteractive" } }

/** Installs packages with apt-get; does nothing where this is not Debian or not root. */
export async function installFromDebian(what, packages) {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return
  const done = step(`installing ${what} (apt-get)`)
  await runChild("apt-get", ["update", "-q"], options)
  await runChild("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...packages], options)
  done()
}

/** One program of a package, below `.cache/debian`: nothing is installed, and no service of the package is started. */
async function programFromDebian(what, packageName, program) {
  const folder = join(root, ".cache/debian", packageName)
  const unpacked = join(folder, program)
  if (existsSync(unpacked) || !existsSync("/usr/bin/apt-get")) return unpacked
  const done = step(`fetching ${what} (apt-get)`)
  mkdirSync(folder, { recursive: true })
  const download = mkdtempSync(join(folder, "download-"))
  try {
    if (process.getuid?.() === 0) await runChild("apt-get", ["update", "-q"], options)
    await runChild("apt-get", ["download", "-q", packageName], { ...options, cwd: download })
    const [file = ""] = readdirSync(download)
    await runChild("dpkg", ["-x", join(download, file), join(download, "all")], options)
    mkdirSync(join(unpacked, ".."), { recursive: true })
    renameSync(join(download, "all", program), unpacked)
  } finally {
    rmSync(download, { recursive: true, force: true })
  }
  done()
  return unpacked
}

function find(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

const isThere = (program) => find(program) !== undefined

/** The path of Prometheus' tool for rules and metrics; a `PlainError` says what is missing. */
export async function ensurePromtool() {
  const found =
    find("promtool") ?? (await programFromDebian("promtool (19 MB, once)", "prometheus", "usr/bin/promtool"))
  if (existsSync(found)) return found
  throw new PlainError("The check of the alert rules needs promtool: install your system's package named prometheus.")
}

/** What makes a clean root of Debian; a `PlainError` says what is missing. */
export async function ensureDebootstrap() {
  if (!isThere("debootstrap")) await installFromDebian("debootstrap", ["debootstrap"])
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !isThere("debootstrap") || !isThere("unshare")) {
    throw new PlainError(
      "The test of the image needs Linux, root, and the programs debootstrap and unshare (util-linux).",
    )
  }
}
