#!/usr/bin/env node
/**
 * `lagrange`, the command of the package: what `npm start` and its neighbours are in a clone, without anything to install or build.
 * It works in the folder where it is called: `.env` is read and `./data` is made there.
 */
import "../scripts/lib/require-node.mjs"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
// By its default: an old Node has no styleText, and is to get as far as the sentence about itself.
import util from "node:util"

const usage = `lagrange [COMMAND]

Without a command it starts the gateway: control plane, panel and data plane. Nothing needs to be configured; settings are environment
variables, also read from a file named .env in this folder. The gateway listens on 127.0.0.1:8088 (PORT, HOST), the panel on
127.0.0.1:8089 (CONTROL_PORT, CONTROL_HOST); what it keeps is in ./data (DATA_DIR).

  control-plane      the control plane and the panel alone, for installations of several machines
  data-plane         a data plane alone; needs CONTROL_URL and LINK_TOKEN
  admin COMMAND      looks after an installation: backup, restore, reset-password, doctor, …; admin --help lists all
  health [URL…]      ends with 0 when each of these addresses says 200; without one, /live of both planes on this machine

  --version, --help`

/** What each command runs. The built files are beside this folder, in the package as in a clone that was built. */
const PROGRAMS = {
  start: "supervisor",
  "control-plane": "control-plane",
  "data-plane": "data-plane",
  admin: "admin",
}

/** The first line stands out on a terminal. */
function showUsage() {
  console.log(usage.replace(/^.+/, (title) => util.styleText("bold", title, { stream: process.stdout })))
}

function refuse(sentence) {
  process.stderr.write(`${util.styleText("red", sentence, { stream: process.stderr })}\n\n${usage}\n`)
  process.exitCode = 2
}

async function run(program) {
  const built = new URL(`../dist/${program}.js`, import.meta.url)
  if (!existsSync(fileURLToPath(built))) {
    process.stderr.write(`${fileURLToPath(built)} is not there. In a clone, \`npm run build\` makes it.\n`)
    process.exitCode = 1
    return
  }
  if (existsSync(".env")) process.loadEnvFile(".env")
  process.env.NODE_ENV ??= "production"
  await import(built.href)
}

const [command = "start", ...more] = process.argv.slice(2)
if (command === "--help" || command === "-h") showUsage()
else if (command === "--version" || command === "-v") {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
  console.log(version)
} else if (command === "health") {
  if (existsSync(".env")) process.loadEnvFile(".env")
  const { health } = await import("./health.mjs")
  process.exitCode = await health(more)
} else if (!Object.hasOwn(PROGRAMS, command)) refuse(`What is "${command}"?`)
else if (command !== "admin" && more.includes("--help")) showUsage()
else if (command !== "admin" && more.length > 0) refuse(`What is "${more.join(" ")}"? ${command} takes no options.`)
else {
  // What follows is the program's own.
  process.argv.splice(2, 1)
  await run(PROGRAMS[command])
}
