/**
 * Keeps a list of children running by the law of restart-policy.ts and ends them in order. Processes and time come in from
 * outside, so that it runs in tests without either.
 */
import type { Child, ChildListener } from "./child.ts"
import { firstState, nextState, type ChildEvent, type ChildState } from "./restart-policy.ts"

export interface ChildPlan {
  readonly name: string
  /** How long it may drain after SIGTERM before it is killed. */
  readonly drainMs: number
  readonly spawn: (listener: ChildListener) => Child
}

export interface Clock {
  readonly now: () => number
  /** Calls back once after `ms`; the returned function takes it back. */
  readonly after: (ms: number, callback: () => void) => () => void
}

export type Notice =
  | { readonly type: "spawned"; readonly name: string; readonly pid: number | undefined }
  | {
      readonly type: "exited"
      readonly name: string
      readonly code: number | undefined
      readonly signal: string | undefined
      /** Undefined: it is not started again. */
      readonly restartInMs: number | undefined
      /** It would not start, and nothing else goes on. */
      readonly isRefusal: boolean
    }
  | { readonly type: "killed"; readonly name: string }

export interface SuperviseOptions {
  /** In the order of starting; they are ended in the opposite order. */
  readonly children: readonly ChildPlan[]
  readonly clock: Clock
  readonly onNotice: (notice: Notice) => void
  readonly onMessage: (name: string, message: unknown) => void
}

export interface Supervision {
  /** Starts a child of the list for the first time; a second call for the same one does nothing. */
  start(name: string): void
  /** Sends a message to a child that runs; to one that does not, nothing. */
  send(name: string, message: object): void
  /** Ends all children, each after the one before it has ended. Calling it again changes nothing. */
  stop(): void
  /** Kills what still runs, without waiting. */
  kill(): void
  /** Resolves when no child runs and none will: 0 after an ordered end, 1 when a child refused to start or had to be killed. */
  readonly ended: Promise<number>
}

interface Entry {
  readonly plan: ChildPlan
  state: ChildState | undefined
  child: Child | undefined
  cancelTimer: () => void
}

const nothing = (): void => undefined

export function supervise(options: SuperviseOptions): Supervision {
  const { clock } = options
  const entries = options.children.map((plan): Entry => ({
    plan,
    state: undefined,
    child: undefined,
    cancelTimer: nothing,
  }))
  let isStopping = false
  let exitCode = 0
  let end: (code: number) => void = nothing
  const ended = new Promise<number>((resolve) => {
    end = resolve
  })

  const spawnChild = (entry: Entry): void => {
    const { name } = entry.plan
    entry.child = entry.plan.spawn({
      onMessage: (message) => {
        if (isStarted(message)) play(entry, { type: "started" })
        options.onMessage(name, message)
      },
      onExit: (code, signal) => {
        entry.child = undefined
        entry.cancelTimer()
        entry.cancelTimer = nothing
        // While stopping (a service manager may signal every process at once) nothing is started again.
        if (isStopping && entry.state?.type === "running") entry.state = { type: "stopping" }
        const waiting = play(entry, { type: "exited", code })
        const isRefusal = entry.state?.type === "ended" && entry.state.refused
        options.onNotice({ type: "exited", name, code, signal, restartInMs: waiting, isRefusal })
        if (entry.state?.type === "ended") onChildEnded(entry.state.refused)
      },
    })
    options.onNotice({ type: "spawned", name, pid: entry.child.pid })
  }

  /** Returns the wait that was begun, if one was. */
  const play = (entry: Entry, event: ChildEvent): number | undefined => {
    if (entry.state === undefined) return undefined
    const next = nextState(entry.state, event, clock.now())
    entry.state = next.state
    switch (next.action?.type) {
      case undefined:
        return undefined
      case "spawn":
        spawnChild(entry)
        return undefined
      case "wait":
        entry.cancelTimer = clock.after(next.action.ms, () => play(entry, { type: "due" }))
        return next.action.ms
      case "terminate":
        entry.child?.signal("SIGTERM")
        entry.cancelTimer = clock.after(entry.plan.drainMs, () => killChild(entry))
        return undefined
    }
  }

  const killChild = (entry: Entry): void => {
    if (entry.child === undefined) return
    exitCode = 1
    options.onNotice({ type: "killed", name: entry.plan.name })
    entry.child.signal("SIGKILL")
  }

  const onChildEnded = (refused: boolean): void => {
    if (refused) exitCode = 1
    beginStop()
    stopNext()
  }

  /** From here on nothing is started: a child that waits for its restart has ended. */
  const beginStop = (): void => {
    isStopping = true
    for (const entry of entries) {
      if (entry.state?.type !== "waiting") continue
      entry.cancelTimer()
      play(entry, { type: "stop" })
    }
  }

  /** Stops the last child that still lives; with none left the supervision has ended. */
  const stopNext = (): void => {
    const entry = entries.findLast((one) => one.state !== undefined && one.state.type !== "ended")
    if (entry === undefined) return end(exitCode)
    if (entry.state?.type === "running") play(entry, { type: "stop" })
  }

  return {
    ended,
    start(name) {
      const entry = entries.find((one) => one.plan.name === name)
      if (entry === undefined) throw new Error(`no child is called ${name}`)
      if (entry.state !== undefined || isStopping) return
      entry.state = firstState(clock.now())
      spawnChild(entry)
    },
    send(name, message) {
      entries.find((one) => one.plan.name === name)?.child?.send(message)
    },
    stop() {
      if (isStopping) return
      beginStop()
      stopNext()
    },
    kill() {
      beginStop()
      for (const entry of entries) {
        play(entry, { type: "stop" })
        entry.cancelTimer()
        killChild(entry)
      }
      stopNext()
    },
  }
}

/** Whether a child's message says that it serves. */
export function isStarted(message: unknown): boolean {
  return typeof message === "object" && message !== null && "type" in message && message.type === "started"
}
