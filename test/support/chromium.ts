/** A real Chromium for tests. `npm test` installs it where it can; see scripts/test.mjs. */
import { existsSync } from "node:fs"
import { chromium, type Browser, type Page } from "playwright-core"

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
const QUIET = ["--disable-component-update", "--disable-sync"]
/** Whatever a page or the browser itself asks for, no name but this machine's is looked up. */
const AT_HOME = ["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1"]

/** Launches it headless. Throws one sentence on what to install when there is none. */
export async function launchChromium(): Promise<Browser> {
  const candidates = [
    process.env["CHROMIUM_PATH"],
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ]
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path))
  if (!executablePath) throw new Error("no Chromium found: install Debian's `chromium`, or set CHROMIUM_PATH to one")
  return chromium.launch({ executablePath, args: [...FLAGS, ...QUIET, ...AT_HOME], timeout: 120_000 })
}

export interface PageWatch {
  readonly foreignRequests: string[]
  readonly violations: string[]
  readonly errors: string[]
}

/** Collects what a page must not do: requests to another origin, violations of its policy, errors nobody caught. */
export function watchPage(page: Page, origin: string): PageWatch {
  const watch: PageWatch = { foreignRequests: [], violations: [], errors: [] }
  page.on("request", (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith("data:") && !url.startsWith("blob:")) watch.foreignRequests.push(url)
  })
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted Type/i.test(message.text())) watch.violations.push(message.text())
  })
  page.on("pageerror", (error) => watch.errors.push(error.message))
  return watch
}
