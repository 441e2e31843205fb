/**
 * What a script tells a person while it works: one line a step, coloured on a terminal, plain on a pipe. It goes to standard
 * error, so that what a command prints as its result stays alone on standard output.
 */
const isColoured = process.stderr.isTTY && !process.env.NO_COLOR

const paint = (code, text) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text)

/** Prints that a step begins; the returned function prints that it ended, with its time. */
export function step(text) {
  const startedAt = Date.now()
  process.stderr.write(`${paint(36, "·")} ${text} …\n`)
  return (note = "") => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
    process.stderr.write(`${paint(32, "✓")} ${text}${note ? `: ${note}` : ""} ${paint(2, `(${seconds} s)`)}\n`)
  }
}

/** Prints one line that is neither the begin nor the end of a step. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/** A failure that one sentence explains to a person. `runScript` prints it without a stack. */
export class PlainError extends Error {
  constructor(message, exitCode = 1) {
    super(message)
    this.name = "PlainError"
    this.exitCode = exitCode
  }
}

/** Runs a script's main function; a `PlainError` ends the process with its sentence, anything else with its stack. */
export async function runScript(main) {
  try {
    const code = await main()
    if (typeof code === "number") process.exitCode = code
  } catch (error) {
    process.stderr.write(`${paint(31, "✗")} ${error instanceof PlainError ? error.message : (error?.stack ?? error)}\n`)
    process.exitCode = error instanceof PlainError ? error.exitCode : 1
  }
}
