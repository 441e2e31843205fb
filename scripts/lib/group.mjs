import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { root } from "./root.mjs"

/**
 * Processes that run together, each line of their output behind their name. A signal to this process, or the end of any of
 * them, ends all; each gets SIGTERM and, ten seconds later, SIGKILL.
 */
export function startGroup() {
  const children = new Map()
  let isEnding = false
  let exitCode = 0
  let finish
  const ended = new Promise((resolve) => (finish = resolve))

  const end = (code) => {
    if (isEnding) return
    isEnding = true
    exitCode = code
    if (children.size === 0) return finish(exitCode)
    for (const child of children.values()) child.kill("SIGTERM")
    setTimeout(() => {
      for (const child of children.values()) child.kill("SIGKILL")
    }, 10_000).unref()
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(0))

  return {
    ended,
    end,
    /**
     * Starts a Node program under a name, with `env` as its whole environment. `onMessage` gets what it sends; `show` false
     * keeps its standard output back; with `endsAll` false its end does not end the others.
     */
    start(name, nodeArguments, { env = process.env, onMessage, show = true, endsAll = true } = {}) {
      const child = spawn(process.execPath, nodeArguments, {
        cwd: root,
        env,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        detached: true,
      })
      children.set(name, child)
      const prefix = `${name.padEnd(14)}│ `
      const relay = (stream, target) =>
        createInterface({ input: stream }).on("line", (line) => target.write(`${prefix}${line}\n`))
      if (show) relay(child.stdout, process.stdout)
      else child.stdout.resume()
      relay(child.stderr, process.stderr)
      if (onMessage) child.on("message", onMessage)
      child.on("exit", (code) => {
        children.delete(name)
        if (endsAll && !isEnding) end(code ?? 1)
        if (isEnding && children.size === 0) finish(exitCode)
      })
      return child
    },
  }
}
