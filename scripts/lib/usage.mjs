import { PlainError } from "./progress.mjs"

/**
 * For a command that takes no options. True: its usage was asked for, and printed. Anything else that was given is refused, because who
 * gave it believes that it does something.
 */
export function printsUsage(usage, given = process.argv.slice(2)) {
  if (given.includes("--help")) {
    console.log(usage)
    return true
  }
  if (given.length > 0) throw new PlainError(`What is "${given.join(" ")}"? There are no options here.\n\n${usage}`, 2)
  return false
}
