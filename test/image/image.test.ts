/**
 * The Dockerfile, done step by step in a clean root as an engine for containers would do it, and what comes of it started as a container:
 * as nobody in particular, on a root that cannot be written, with one volume, without a shell.
 */
import { execFileSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startCommand, type Running } from "../support/child-process.ts"
import { layCleanRoot, runInRoot } from "../support/clean-root.ts"
import { copyFolder, execForm, isSent, readDockerfile, type Stage, type Step } from "../support/dockerfile.ts"
import { firstAnswer, startInstalled } from "../support/installed.ts"
import { startSimulator, type Simulator } from "../support/simulator.ts"

const repository = fileURLToPath(new URL("../..", import.meta.url))
const [build, image, ...others] = readDockerfile(readFileSync(join(repository, "Dockerfile"), "utf8"))
const API_KEY = "obviously-fake-key-of-a-client"

let folder: string
let simulator: Simulator
const rootOf = (stage: string): string => join(folder, "roots", stage)

/** What a step says that is said once. */
function said(stage: Stage | undefined, instruction: string): Step {
  const [step, ...more] = stage?.steps.filter((one) => one.instruction === instruction) ?? []
  if (step === undefined || more.length > 0) throw new Error(`one ${instruction} is expected`)
  return step
}

/** What a build gets of this folder, less what git is told to leave out. */
function laySent(to: string): void {
  const ignore = readFileSync(join(repository, ".dockerignore"), "utf8")
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
  const listed = execFileSync("git", listing, { cwd: repository, encoding: "utf8" }).split("\0")
  const isHere = (path: string): boolean => path !== "" && existsSync(join(repository, path))
  for (const path of listed.filter((one) => isHere(one) && isSent(one, ignore))) {
    mkdirSync(dirname(join(to, path)), { recursive: true })
    copyFileSync(join(repository, path), join(to, path))
  }
}

/** Does the steps that make files; the others are facts about the container. */
async function doSteps(stage: Stage, root: string): Promise<void> {
  let workdir = "/"
  for (const { instruction, flags, text } of stage.steps) {
    if (instruction === "WORKDIR") mkdirSync(join(root, (workdir = text)), { recursive: true })
    else if (instruction === "RUN") await runInRoot(root, workdir, text)
    else if (instruction === "COPY") {
      const [from = "", to = ""] = text.split(" ")
      const [uid = 0, gid = 0] = flags["chown"]?.split(":").map(Number) ?? []
      const source = flags["from"] === undefined ? join(folder, "sent") : rootOf(flags["from"])
      copyFolder(join(source, from), join(root, to === "." ? workdir : to), { uid, gid })
    } else if (!/^(?:ENV|USER|VOLUME|EXPOSE|HEALTHCHECK|STOPSIGNAL|ENTRYPOINT|CMD)$/.test(instruction)) {
      throw new Error(`this test does not know how to ${instruction}`)
    }
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lagrange-image-"))
  simulator = await startSimulator({ accounts: 0 })
})
afterAll(async () => {
  await simulator?.close()
  await rm(folder, { recursive: true, force: true })
})

test("its steps make it in a clean root", async () => {
  const [, version, suite = ""] = /^node:([\d.]+)-([a-z]+)-slim$/.exec(build?.base ?? "") ?? []
  const node = process.env["NODE_24_PATH"] ?? ""
  // The very Node that the file names.
  expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toBe(`v${version}\n`)
  expect([image?.base, others]).toEqual(["scratch", []])
  laySent(join(folder, "sent"))
  mkdirSync(join(folder, "roots"))
  if (build === undefined || image === undefined) throw new Error("two stages are expected")
  await layCleanRoot(rootOf(build.name), suite, node)
  await doSteps(build, rootOf(build.name))
  mkdirSync(rootOf("image"))
  await doSteps(image, rootOf("image"))
  // As an engine makes a volume with a name: with what the image has there, and as its.
  execFileSync("cp", ["--archive", join(rootOf("image"), said(image, "VOLUME").text), join(folder, "volume")])
})

/** A process in the container, as far as the kernel makes one: mounts of its own, which are gone with the process. */
function contained(...command: readonly string[]): string[] {
  const script = `set -e
    mount --make-rprivate /
    mount --bind "$1" "$1"
    mount --bind /dev "$1/dev"
    mount -t proc proc "$1/proc"
    mount -t tmpfs tmpfs "$1/tmp"
    mount --bind "$2" "$1$3"
    mount -o remount,bind,ro "$1"
    root="$1"; wd="$4"; user="$5"; shift 5
    exec unshare --root="$root" --wd="$wd" --setgid="\${user#*:}" --setuid="\${user%:*}" "$@"`
  const [volume, workdir, user] = ["VOLUME", "WORKDIR", "USER"].map((instruction) => said(image, instruction).text)
  const given = [rootOf("image"), join(folder, "volume"), volume, workdir, user].map(String)
  return ["unshare", "--mount", "sh", "-c", script, "sh", ...given, ...command]
}

/** Of the image, and what the compose file sets beside it. */
function environment(): Record<string, string | undefined> {
  const pairs = said(image, "ENV").text.split(/\s+/)
  const own = Object.fromEntries(pairs.map((pair) => pair.split("=")) as [string, string][]) // KEY=VALUE each
  const composed = { CLEAR_TEXT: "on", ADMIN_PASSWORD: "an-uncommon-password-of-a-test", API_KEY }
  return { ...own, TMPDIR: undefined, ...composed }
}

/** Sends the image's signal to the first process alone, as an engine does, in the middle of an answer. */
async function stopsAtTheEndOfAnAnswer(running: Running, gatewayUrl: string): Promise<void> {
  const content = "[[sim:words=40]] [[sim:chunks=12]] [[sim:pause=150]]"
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gemini-3-flash", stream: true, messages: [{ role: "user", content }] }),
  })
  let text = ""
  for await (const chunk of response.body ?? []) {
    if (text === "") process.kill(running.pid, said(image, "STOPSIGNAL").text)
    text += Buffer.from(chunk).toString("utf8")
  }
  expect(text.match(/"content":"[^"]+"/g)?.length).toBeGreaterThan(8)
  expect(text).toMatch(/"finish_reason":"stop"[^]*data: \[DONE\]\n\n$/)
  expect(await running.ended, running.output()).toEqual({ code: 0, signal: null })
}

test("has neither a shell nor a package manager, and nothing that runs with another's rights", async () => {
  const root = rootOf("image")
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const outside = files.map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
  const programs = outside.filter((path) => !path.startsWith("/app/") && !/\/lib\w*\//.test(path))
  expect(programs.toSorted()).toEqual(["/etc/group", "/etc/passwd", "/usr/local/bin/node"])
  expect(execFileSync("find", [root, "-perm", "/6000", "-type", "f"], { encoding: "utf8" })).toBe("")
})

test("runs as its user, who can write the volume and nothing else", async () => {
  const tried = `for (const path of ["/app/x", "/x", "/data/x", "/tmp/x"])
    try { fs.writeFileSync(path, ""); fs.rmSync(path); console.log(path, "written") } catch ({ code }) { console.log(path, code) }
    console.log(process.getuid(), process.getgid(), process.getgroups().length, process.cwd())`
  const ran = startCommand(contained("/usr/local/bin/node", "-e", tried), folder, environment())
  expect(await ran.ended).toEqual({ code: 0, signal: null })
  expect(ran.output().trim().split("\n")).toEqual([
    "/app/x EROFS",
    "/x EROFS",
    "/data/x written",
    "/tmp/x written",
    expect.stringMatching(/^65532 65532 [01] \/app$/),
  ])
})

test("starts, streams an answer, is healthy, and lets a running answer end when it is stopped", async () => {
  const program = [...execForm(said(image, "ENTRYPOINT")), ...execForm(said(image, "CMD"))]
  const installed = await startInstalled(contained(...program), folder, simulator, environment())
  const { gatewayUrl, panelUrl, running } = installed
  try {
    expect(await firstAnswer(installed, simulator)).toBe("Hello from an installation")
    const ports = { PORT: new URL(gatewayUrl).port, CONTROL_PORT: new URL(panelUrl).port }
    const asked = contained(...execForm(said(image, "HEALTHCHECK")))
    const health = startCommand(asked, folder, { ...environment(), ...ports })
    expect(await health.ended, health.output()).toEqual({ code: 0, signal: null })
    expect(health.output().match(/ 200$/gm)).toHaveLength(2)
    // All that it keeps is in the volume.
    expect(await readdir(join(folder, "volume"))).toEqual(expect.arrayContaining(["lagrange.db", "master.key"]))
    await stopsAtTheEndOfAnAnswer(running, gatewayUrl)
  } finally {
    await running.end("SIGKILL")
  }
})
