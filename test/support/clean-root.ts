/**
 * A root of Debian with nothing of this machine but Node, npm and where they find packages: what an image's build begins with, made without an
 * engine for containers.
 */
import { execFileSync } from "node:child_process"
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { startCommand } from "./child-process.ts"

/** Where this machine's apt finds that suite; nothing, and so debootstrap's own mirror, where it has none. */
function mirrorOf(suite: string): string[] {
  const format = ["--format", "$(REPO_URI)", `Codename: ${suite}`, "Component: main"]
  const uris = execFileSync("apt-get", ["indextargets", ...format], { encoding: "utf8" })
    .trim()
    .split("\n")
  return uris.filter((uri) => uri.includes("/debian/")).slice(0, 1)
}

/** Lays the root in a folder: Debian's least set of packages, and this Node and npm where images of Node have them. */
export async function layCleanRoot(folder: string, suite: string, node: string): Promise<void> {
  const command = ["debootstrap", "--variant=minbase", suite, folder, ...mirrorOf(suite)]
  for (let tries = 1; ; tries += 1) {
    const made = startCommand(command, "/", { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` })
    const { code } = await made.ended
    if (code === 0) break
    // A mirror may be out of reach for a moment.
    if (tries === 3) throw new Error(`debootstrap failed:\n${made.output()}`)
    rmSync(folder, { recursive: true, force: true })
  }
  const local = join(folder, "usr/local")
  copyFileSync(realpathSync(node), join(local, "bin/node"))
  const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim()
  cpSync(dirname(dirname(realpathSync(npm))), join(local, "lib/node_modules/npm"), { recursive: true })
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(local, "bin/npm"))
  for (const path of ["/etc/resolv.conf", ...machineFiles()]) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    copyFileSync(path, join(folder, path))
  }
}

const userconfig = join(homedir(), ".npmrc")
const authorities = process.env["NODE_EXTRA_CA_CERTS"]
const machineFiles = (): string[] =>
  [userconfig, authorities]
    .filter((path) => path !== undefined)
    .map((path) => resolve(path))
    .filter((path) => existsSync(path))

/** Runs a line of a shell in it as root; rejects with what it printed when it fails. */
export async function runInRoot(folder: string, workdir: string, line: string): Promise<void> {
  const script = `set -e
    mount --make-rprivate /
    mount --rbind /dev "$1/dev"
    mount -t proc proc "$1/proc"
    exec unshare --root="$1" --wd="$2" /bin/sh -c "$3"`
  const ran = startCommand(["unshare", "--mount", "sh", "-c", script, "sh", folder, workdir, line], "/", {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    NODE_ENV: undefined,
    LOG_FORMAT: undefined,
    TMPDIR: undefined,
    ...(existsSync(userconfig) ? { NPM_CONFIG_USERCONFIG: userconfig } : {}),
    ...(authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
  })
  const how = await ran.ended
  if (how.code !== 0) throw new Error(`${line} ended with ${JSON.stringify(how)}:\n${ran.output()}`)
}
