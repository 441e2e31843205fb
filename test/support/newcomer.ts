/** A person who has Node, npm and git, a README, and nothing else of this machine. */
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

/** Where npm finds packages is a matter of the machine, not of the project: its own configuration and cache are left to it. */
export function npmEnvironment(): Record<string, string> {
  const own = join(homedir(), ".npmrc")
  const given = Object.entries(process.env).filter(([name]) => /^npm_config_(?:registry|cache|userconfig)$/i.test(name))
  return {
    ...(existsSync(own) ? { NPM_CONFIG_USERCONFIG: own } : {}),
    NPM_CONFIG_CACHE: join(homedir(), ".npm"),
    ...Object.fromEntries(given.map(([name, value]) => [name, value ?? ""])),
  }
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
