/** The doctor's look at the machine: runtime, folder, room, key, certificates. */
import { createPrivateKey, X509Certificate } from "node:crypto"
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Config } from "../config.ts"
import { fail, note, ok, reasonOf, warn, type Finding } from "./finding.ts"
import { requireMasterKey } from "./open.ts"

const LEAST_NODE = [20, 19] as const
/** Security fixes are made for these and newer ones. */
const MAINTAINED_NODE = 22
const MEGABYTE = 1024 * 1024
const LITTLE_ROOM = 1_024 * MEGABYTE
const NO_ROOM = 100 * MEGABYTE
const DAY_MS = 86_400_000

export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    return fail("node", `${version} is too old: install Node 24 (at least ${LEAST_NODE.join(".")}).`)
  }
  if (major < MAINTAINED_NODE) return warn("node", `${version} works but gets no more security fixes: install Node 24.`)
  return ok("node", version)
}

/** `variables` of the data plane: the control plane does not read all of them. */
export function checkEnvironment(refused: readonly string[], slips: readonly string[]): Finding[] {
  const found = [
    ...refused.map((sentence) => fail("settings", sentence)),
    ...slips.map((slip) => warn("settings", slip)),
  ]
  return found.length > 0 ? found : [ok("settings", "every variable of the environment is known and allowed")]
}

export function checkDataDirectory({ dataDirectory }: Pick<Config, "dataDirectory">): Finding[] {
  const about = "data folder"
  if (!existsSync(dataDirectory)) return [warn(about, `${dataDirectory} is not there; the first start makes it.`)]
  try {
    accessSync(dataDirectory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    return [
      fail(
        about,
        `${dataDirectory} cannot be written (${reasonOf(error)}): give it to the user that runs the gateway.`,
      ),
    ]
  }
  const findings: Finding[] = []
  for (const name of ["", ...readdirSync(dataDirectory).filter((file) => /\.(?:db|key)\b|^link-token$/.test(file))]) {
    const path = join(dataDirectory, name)
    const { mode } = statSync(path)
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      findings.push(warn(about, `${path} is open to other users: run chmod ${name === "" ? "700" : "600"} ${path}`))
    }
  }
  return findings.length > 0 ? findings : [ok(about, `${dataDirectory}, for its owner only`)]
}

export function checkRoom({ dataDirectory }: Pick<Config, "dataDirectory">): Finding {
  if (!existsSync(dataDirectory)) return note("room", "no data folder yet")
  const { bavail, bsize } = statfsSync(dataDirectory)
  const free = bavail * bsize
  const text = `${Math.floor(free / MEGABYTE)} MiB free at ${dataDirectory}`
  if (free < NO_ROOM) return fail("room", `${text}: free some, or nothing can be changed any more.`)
  if (free < LITTLE_ROOM) return warn("room", `${text}: free some soon, or shorten how long requests are kept.`)
  return ok("room", text)
}

/** `isNeeded`: there is a database. */
export function checkMasterKey(config: Config, isNeeded: boolean): Finding {
  if (!isNeeded && config.masterKey === undefined && config.masterKeyFile === undefined) {
    return note("master key", `${config.dataDirectory}/master.key, which the first start makes where it is missing`)
  }
  try {
    const { file } = requireMasterKey(config)
    return ok("master key", file === undefined ? "from MASTER_KEY" : `${file}; keep a copy of it elsewhere`)
  } catch (error) {
    return fail("master key", reasonOf(error))
  }
}

export function checkTls(
  files: { readonly cert: string | undefined; readonly key: string | undefined },
  now: number,
): Finding[] {
  const about = "TLS"
  const { cert, key } = files
  if (cert === undefined && key === undefined) return []
  if (cert === undefined || key === undefined)
    return [fail(about, "TLS_CERT_FILE and TLS_KEY_FILE belong together: set both.")]
  try {
    const certificate = new X509Certificate(readFileSync(cert))
    const daysLeft = Math.floor((Date.parse(certificate.validTo) - now) / DAY_MS)
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(key)))) {
      return [fail(about, `${key} is not the key of ${cert}.`)]
    }
    if (daysLeft < 0) return [fail(about, `${cert} has run out on ${certificate.validTo}: renew it.`)]
    if (daysLeft < 14) return [warn(about, `${cert} runs out in ${daysLeft} days: renew it.`)]
    return [ok(about, `${cert}, good for ${daysLeft} days`)]
  } catch (error) {
    return [fail(about, `certificate or key cannot be read: ${reasonOf(error)}`)]
  }
}

export function checkBackups({ dataDirectory }: Pick<Config, "dataDirectory">, now: number): Finding {
  const folder = join(dataDirectory, "backups")
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".backup")) : []
  const newest = Math.max(0, ...names.map((name) => statSync(join(folder, name)).mtimeMs))
  if (newest === 0) return note("backups", `none in ${folder}: npm run admin -- backup makes one`)
  const days = Math.floor((now - newest) / DAY_MS)
  return days > 7
    ? warn("backups", `the newest in ${folder} is ${days} days old`)
    : ok("backups", `the newest in ${folder} is ${days} days old`)
}
