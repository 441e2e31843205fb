import { existsSync } from "node:fs"
import { installFromDebian } from "./debian.mjs"
import { PlainError } from "./progress.mjs"

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

const find = () => [process.env.CHROMIUM_PATH, ...PLACES].find((path) => path && existsSync(path))

/** The path of a Chromium for the browser tests. Installs Debian's as root; elsewhere a `PlainError` says what is missing. */
export async function ensureChromium() {
  const found = find()
  if (found !== undefined) return found
  await installFromDebian("Chromium", ["chromium", "fonts-noto-cjk"])
  const installed = find()
  if (installed !== undefined) return installed
  throw new PlainError(
    "The browser tests need Chromium: install your system's package named chromium, or set CHROMIUM_PATH to its program.",
  )
}
