// By its default: an old Node has no styleText, and is to get as far as the sentence about itself.
import util from "node:util"
import { PlainError } from "./progress.mjs"

/** Prints a usage; its first line, the command, stands out on a terminal. */
export function showUsage(usage) {
  console.log(usage.replace(/^.+/, (title) => util.styleText("bold", title, { stream: process.stdout })))
}

/**
 * For a command that takes no options. True: its usage was asked for, and printed. Anything else that was given is refused, because who
 * gave it believes that it does something.
 */
export function printsUsage(usage, given = process.argv.slice(2)) {
  if (given.includes("--help")) {
    showUsage(usage)
    return true
  }
  if (given.length > 0) throw new PlainError(`What is "${given.join(" ")}"? There are no options here.\n\n${usage}`, 2)
  return false
}
