import { existsSync } from "node:fs"
import { PlainError, step } from "./progress.mjs"
import { runChild } from "./run-child.mjs"

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

const find = () => [process.env.CHROMIUM_PATH, ...PLACES].find((path) => path && existsSync(path))

/** The path of a Chromium for the browser tests. Installs Debian's as root; elsewhere a `PlainError` says what is missing. */
export async function ensureChromium() {
  const found = find()
  if (found !== undefined) return found
  const isDebianRoot = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")
  if (isDebianRoot) {
    const done = step("installing Chromium (apt-get)")
    const env = { DEBIAN_FRONTEND: "noninteractive" }
    await runChild("apt-get", ["update", "-q"], { output: "on-failure", env })
    const packages = ["chromium", "fonts-noto-cjk"]
    await runChild("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...packages], {
      output: "on-failure",
      env,
    })
    done()
  }
  const installed = find()
  if (installed !== undefined) return installed
  throw new PlainError(
    "The browser tests need Chromium: install your system's package named chromium, or set CHROMIUM_PATH to its program.",
  )
}
