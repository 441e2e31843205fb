/** A person who has Node, npm and git, a README, and nothing else of this machine. */
import { existsSync } from "node:fs"
import { mkdir, symlink } from "node:fs/promises"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"

/** Beside Node, npm and git: what the lines of a README are typed into, and the client that some of them are for. */
const PROGRAMS = ["node", "npm", "npx", "git", "sh", "curl"]

/** Where npm finds packages and whose certificates it believes is a matter of the machine, not of the person. */
function machine(): Record<string, string> {
  const own = join(homedir(), ".npmrc")
  const names = /^(?:npm_config_(?:registry|userconfig)|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR))$/i
  const given = Object.entries(process.env).filter(([name]) => names.test(name))
  return {
    ...(existsSync(own) ? { NPM_CONFIG_USERCONFIG: own } : {}),
    ...Object.fromEntries(given.map(([name, value]) => [name, value ?? ""])),
  }
}

/**
 * The environment of that person, whose home is an empty folder: neither a cache of npm nor a program that is not named above, so that
 * what needs one fails by its name. It is made in that folder and is gone with it.
 */
export async function newcomerEnvironment(home: string): Promise<Record<string, string | undefined>> {
  const bin = join(home, ".bin")
  await mkdir(bin)
  for (const program of PROGRAMS)
    await symlink(program === "node" ? process.execPath : find(program), join(bin, program))
  return { ...machine(), HOME: home, PATH: bin, NODE_ENV: undefined, LOG_FORMAT: undefined }
}

function find(program: string): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  const found = folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
  if (found === undefined) throw new Error(`a newcomer needs ${program}, which is not on this machine`)
  return found
}

export interface CodeBlock {
  /** The nearest heading above it. */
  readonly under: string
  readonly language: string
  readonly text: string
}

/** The fenced blocks of a page, in their order. */
export function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let under = ""
  for (const match of page.matchAll(/^#+ (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm)) {
    const [, heading, language = "", text = ""] = match
    if (heading === undefined) blocks.push({ under, language, text: text.trimEnd() })
    else under = heading
  }
  return blocks
}
