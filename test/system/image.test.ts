/**
 * What the image holds, laid out by the script that the Dockerfile runs, and started as a container would start it: as nobody in particular,
 * on a root that cannot be written, with one volume, without a shell.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startCommand } from "../support/child-process.ts"
import { firstAnswer, startInstalled } from "../support/installed.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"

const repository = new URL("../..", import.meta.url).pathname
const USER = 65_532
let folder: string
let image: string
let volume: string
let simulator: Simulator

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lagrange-image-"))
  image = join(folder, "image")
  volume = join(folder, "volume")
  await mkdir(volume)
  const laid = startCommand([process.execPath, "scripts/image.mjs", image], repository, { NODE_ENV: "development" })
  expect({ ...(await laid.ended), output: laid.output() }).toMatchObject({ code: 0 })
  simulator = await startSimulator({ accounts: 0 })
})
afterAll(async () => {
  await simulator?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The container, as far as the kernel makes one: mounts of its own, which are gone with the process. */
function contained(...command: readonly string[]): string[] {
  const script = `set -e
    mount --make-rprivate /
    mount --bind "$1" "$1"
    mount --bind /dev "$1/dev"
    mount -t proc proc "$1/proc"
    mount -t tmpfs tmpfs "$1/tmp"
    chown ${USER}:${USER} "$2"
    mount --bind "$2" "$1/data"
    mount -o remount,bind,ro "$1"
    root="$1"; shift 2
    exec chroot --userspec=${USER}:${USER} "$root" "$@"`
  return ["unshare", "--mount", "sh", "-c", script, "sh", image, volume, ...command]
}

const PROGRAM = ["/usr/local/bin/node", "/app/bin/lagrange.mjs"]

test("has neither a shell nor a package manager, and nothing that runs with another's rights", async () => {
  const files = (await readdir(image, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const outside = files.map(({ parentPath, name }) => join(parentPath, name).slice(image.length))
  const programs = outside.filter((path) => !path.startsWith("/app/") && !/\/lib\w*\//.test(path))
  expect(programs.toSorted()).toEqual(["/etc/group", "/etc/passwd", "/usr/local/bin/node"])
})

test("starts, streams an answer and says that it is healthy", async () => {
  const env = { DATA_DIR: "/data", LOG_FORMAT: "json", TMPDIR: "/tmp" }
  const installed = await startInstalled(contained(...PROGRAM), folder, simulator, env)
  try {
    expect(await firstAnswer(installed, simulator)).toBe("Hello from an installation")
    const { gatewayUrl, panelUrl } = installed
    const ports = { PORT: new URL(gatewayUrl).port, CONTROL_PORT: new URL(panelUrl).port }
    const health = startCommand(contained(...PROGRAM, "health"), folder, ports)
    expect(await health.ended).toEqual({ code: 0, signal: null })
    expect(health.output().match(/ 200$/gm)).toHaveLength(2)
    // All that it keeps is in the volume.
    expect(await readdir(volume)).toEqual(expect.arrayContaining(["lagrange.db", "master.key"]))
  } finally {
    expect(await installed.running.end()).toEqual({ code: 0, signal: null })
  }
})
