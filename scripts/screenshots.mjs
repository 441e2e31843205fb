/**
 * `npm run screenshots`: every page of the panel over the demo, in both themes and as on a phone, into docs/images/. What is seen is traffic and
 * the simulator's doing: nothing is put into the database for it.
 */
import "./lib/require-node.mjs"
import { spawn } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { ensureChromium } from "./lib/chromium.mjs"
import { ensureInstalled } from "./lib/install.mjs"
import { PlainError, runScript, step } from "./lib/progress.mjs"
import { root } from "./lib/root.mjs"

const usage = `npm run screenshots [-- FOLDER]

Takes a picture of every page of the panel: <page>.png (light), <page>-dark.png, <page>-phone.png (360 pixels, Chinese). Without a folder they
take the place of docs/images. Runs the demo for about two minutes first, so that there is something to see.`

/** Each page, and what is done on it before its picture is taken. */
const PAGES = {
  overview: { path: "/", open: (page) => wait(20_000, page) },
  requests: { path: "/requests" },
  request: { path: "/requests", open: retriedRequest },
  playground: { path: "/playground" },
  accounts: { path: "/accounts" },
  account: { path: "/accounts", open: firstAccount },
  models: { path: "/models" },
  nodes: { path: "/nodes" },
  keys: { path: "/keys" },
  connect: { path: "/connect" },
  alerts: { path: "/alerts" },
  settings: { path: "/settings" },
  administrators: { path: "/administrators" },
  audit: { path: "/audit" },
}

const VIEWS = [
  { end: "", viewport: { width: 1280, height: 900 }, theme: "light", language: "en" },
  { end: "-dark", viewport: { width: 1280, height: 900 }, theme: "dark", language: "en" },
  { end: "-phone", viewport: { width: 360, height: 740 }, theme: "light", language: "zh" },
]

/** Long enough for a quota that ran out and an outage to be part of the picture, at the pace below. */
const STORY_MS = 100_000
const SETTLE_MS = 1_500

/** Of those that took more than one attempt: it has the most to tell. */
async function retriedRequest(page) {
  await page.goto(new URL("/requests?retried=yes", page.url()).href)
  await page.locator("main tbody button[aria-expanded]").first().click()
  await follow(page, 'main a[href^="/requests/"]')
}

function firstAccount(page) {
  return follow(page, 'main a[href^="/accounts/"]')
}

/** A link of the page is opened by its address, as its text differs by language. */
async function follow(page, selector) {
  const link = page.locator(selector).first()
  await link.waitFor()
  await page.goto(new URL(await link.getAttribute("href"), page.url()).href)
}

/** Starts the demo and resolves with where its panel is and its password. */
function startDemo() {
  const env = {
    ...process.env,
    DEMO_SEED: "screenshots",
    DEMO_PACE: "4",
    PORT: "0",
    CONTROL_PORT: "0",
    SIMULATOR_PORT: "0",
  }
  const child = spawn(process.execPath, [join(root, "scripts/demo.mjs")], { env, stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  const started = new Promise((done, fail) => {
    const hear = (chunk) => {
      output += chunk
      const [, url] = /open the panel at (\S+)\./.exec(output) ?? []
      const [, password] = /Password +(\S+)/.exec(output) ?? []
      if (url !== undefined && password !== undefined) done({ url, password })
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", hear)
    child.on("exit", () => fail(new PlainError(`The demo ended:\n${output}`)))
  })
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise((done) => child.once("exit", done))
    child.kill("SIGTERM")
    await exited
  }
  return { started, end }
}

async function takeAll(browser, { url, password }, folder) {
  const first = await browser.newContext({ locale: "en-US" })
  const entry = await first.newPage()
  await entry.goto(url)
  await entry.getByLabel("Password").fill(password)
  await entry.getByRole("button", { name: "Sign in" }).click()
  await entry.getByRole("navigation").first().waitFor()
  const storageState = await first.storageState()
  for (const { end, viewport, theme, language } of VIEWS) {
    const context = await browser.newContext({ viewport, storageState, colorScheme: theme, reducedMotion: "reduce" })
    await context.addInitScript(`localStorage.setItem("lagrange.language", "${language}")`)
    const page = await context.newPage()
    for (const [name, { path, open }] of Object.entries(PAGES)) {
      await page.goto(new URL(path, url).href)
      await page.getByRole("heading", { level: 1 }).waitFor()
      await open?.(page)
      // Charts draw and subscriptions bring their first message.
      await wait(SETTLE_MS)
      await page.screenshot({ path: join(folder, `${name}${end}.png`) })
    }
    await context.close()
  }
}

await runScript(async () => {
  const [given, ...more] = process.argv.slice(2)
  if (given === "--help") return console.log(usage)
  if (more.length > 0) throw new PlainError(`What is "${more.join(" ")}"?\n\n${usage}`, 2)
  await ensureInstalled()
  const executablePath = await ensureChromium()
  const { chromium } = await import("playwright-core")
  const folder = given === undefined ? join(root, "docs/images") : resolve(given)
  const demo = startDemo()
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] })
  try {
    const facts = await demo.started
    let done = step("letting the demo run")
    await wait(STORY_MS)
    done()
    if (given === undefined) rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    done = step("taking pictures")
    await takeAll(browser, facts, folder)
    done(folder)
  } finally {
    await browser.close()
    await demo.end()
  }
  return 0
})
