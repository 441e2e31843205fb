/** What tests need of the system: root on Debian installs it, whoever else is told what is missing. */
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { PlainError, step } from "./progress.mjs"
import { runChild } from "./run-child.mjs"

/** Installs packages with apt-get; does nothing where this is not Debian or not root. */
export async function installFromDebian(what, packages) {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return
  const done = step(`installing ${what} (apt-get)`)
  const options = { output: "on-failure", env: { DEBIAN_FRONTEND: "noninteractive" } }
  await runChild("apt-get", ["update", "-q"], options)
  await runChild("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...packages], options)
  done()
}

const isThere = (program) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"].some((folder) => existsSync(join(folder, program)))

/** What makes a clean root of Debian; a `PlainError` says what is missing. */
export async function ensureDebootstrap() {
  if (!isThere("debootstrap")) await installFromDebian("debootstrap", ["debootstrap"])
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !isThere("debootstrap") || !isThere("unshare")) {
    throw new PlainError(
      "The test of the image needs Linux, root, and the programs debootstrap and unshare (util-linux).",
    )
  }
}
