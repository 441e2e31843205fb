/** A Dockerfile, as far as ours goes: read into its stages, and its copies done as builders do them. */
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs"
import { dirname, join } from "node:path"

export interface Step {
  readonly instruction: string
  /** `--from=build` and its like. */
  readonly flags: Readonly<Record<string, string>>
  readonly text: string
}

export interface Stage {
  readonly base: string
  readonly name: string
  readonly steps: readonly Step[]
}

export function readDockerfile(text: string): Stage[] {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
  const stages: { base: string; name: string; steps: Step[] }[] = []
  for (const line of lines.filter((one) => one.trim() !== "")) {
    const [, instruction = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    const [, flagged = "", said = ""] = /^((?:--\S+ +)*)(.*)$/.exec(rest) ?? []
    const [base = "", , name = ""] = said.split(" ")
    if (instruction === "FROM") stages.push({ base, name, steps: [] })
    else {
      const flags = Object.fromEntries([...flagged.matchAll(/--([\w-]+)=(\S+)/g)].map(([, key, value]) => [key, value]))
      stages.at(-1)?.steps.push({ instruction, flags, text: said })
    }
  }
  return stages
}

/** The words of a step's exec form, `["a","b"]`, which may stand behind other words. */
export const execForm = ({ text }: Step): string[] => JSON.parse(text.slice(text.indexOf("["))) as string[] // of our own file

/** Whether a build gets a file, by the lines of `.dockerignore`: the last one that fits it or a folder above it decides. */
export function isSent(path: string, ignore: string): boolean {
  const parts = path.split("/")
  const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"))
  let sent = true
  for (const line of ignore.split("\n").filter((one) => one !== "" && !one.startsWith("#"))) {
    const pattern = line.replace(/^!/, "").replaceAll(".", "\\.").replaceAll("**/", "\0").replaceAll("*", "[^/]*")
    const fits = new RegExp(`^${pattern.replaceAll("\0", "(?:.*/)?")}$`)
    if (above.some((one) => fits.test(one))) sent = line.startsWith("!")
  }
  return sent
}

/**
 * COPY of a folder: what is in it goes into `to`. All that it makes belongs to `owner`; a folder that was there keeps whom it belongs
 * to, which is why an image's volume can be found to be root's.
 */
export function copyFolder(from: string, to: string, owner: { readonly uid: number; readonly gid: number }): void {
  mkdirSync(dirname(to), { recursive: true })
  const aside = mkdtempSync(join(dirname(to), ".copied-"))
  try {
    const copied = join(aside, "content")
    execFileSync("cp", ["--archive", from, copied])
    execFileSync("chown", ["--recursive", "--no-dereference", `${owner.uid}:${owner.gid}`, copied])
    if (!existsSync(to)) renameSync(copied, to)
    else for (const name of readdirSync(copied)) merge(join(copied, name), join(to, name))
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** Moves what was copied over what may be there. */
function merge(from: string, to: string): void {
  if (!existsSync(to) || !statSync(to).isDirectory()) return renameSync(from, to)
  const { uid, gid, mode } = statSync(from)
  chownSync(to, uid, gid)
  chmodSync(to, mode)
  for (const name of readdirSync(from)) merge(join(from, name), join(to, name))
}
