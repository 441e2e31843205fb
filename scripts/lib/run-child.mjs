import { spawn } from "node:child_process"
import { root } from "./root.mjs"
import { PlainError } from "./progress.mjs"

/**
 * Runs a command to its end. `output`: "inherit" shows what it prints, "capture" returns it, "on-failure" keeps it and shows it
 * only when the command fails. Signals that end this process are passed on. Resolves with `{ code, signal, stdout, stderr }`;
 * with `check` (the default) a failing command is a `PlainError` instead.
 */
export async function runChild(command, commandArguments, options = {}) {
  const { output = "inherit", env = {}, cwd = root, check = true, input } = options
  const child = spawn(command, commandArguments, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [
      input === undefined ? "ignore" : "pipe",
      ...(output === "inherit" ? ["inherit", "inherit"] : ["pipe", "pipe"]),
    ],
  })
  if (input !== undefined) child.stdin.end(input)
  const captured = { stdout: "", stderr: "" }
  child.stdout?.setEncoding("utf8").on("data", (text) => (captured.stdout += text))
  child.stderr?.setEncoding("utf8").on("data", (text) => (captured.stderr += text))
  const pass = (signal) => child.kill(signal)
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, pass)
  try {
    const { code, signal } = await new Promise((resolve, reject) => {
      child.on("error", reject)
      child.on("close", (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }))
    })
    if (check && code !== 0) {
      if (output !== "inherit") process.stderr.write(captured.stdout + captured.stderr)
      throw new PlainError(
        `${[command, ...commandArguments].join(" ")} ended with ${signal ?? `code ${code}`}.`,
        code || 1,
      )
    }
    return { code, signal, ...captured }
  } catch (error) {
    if (error?.code === "ENOENT") throw new PlainError(`The command "${command}" was not found.`)
    throw error
  } finally {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, pass)
  }
}

/** Runs one of the package's own scripts or a dependency's program under this Node, without the start-up time of npx. */
export function runNode(nodeArguments, options) {
  return runChild(options?.node ?? process.execPath, nodeArguments, options)
}
