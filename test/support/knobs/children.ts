import { ChildProcess } from "node:child_process"

export interface Started {
  readonly args: readonly string[]
  /** As `NAME=value`. */
  readonly env: readonly string[]
}

interface Launch {
  args?: readonly string[]
  envPairs?: readonly string[]
}

interface Launcher {
  spawn: (this: ChildProcess, launch: Launch) => unknown
}

/** What each way of node:child_process that does not wait in this thread comes to; its types do not tell of it. */
const launcher = ChildProcess.prototype as unknown as Launcher // there in every Node we run on

/** Changes with what arguments and environment the children of this process are started from now on. */
export function changeChildren(change: (given: Started) => Started): void {
  const { spawn } = launcher
  launcher.spawn = function (launch) {
    const { args, env } = change({ args: launch.args ?? [], env: launch.envPairs ?? [] })
    return spawn.call(this, { ...launch, args, envPairs: env })
  }
}
