import { describe, expect, it } from "vitest"
import type { ChildListener } from "./child.ts"
import { supervise, type Notice } from "./supervise.ts"

/** Children and time made by hand: `die` ends a child, `advance` lets the timers that are due fire. */
function bench() {
  let now = 0
  let timers: { at: number; callback: () => void }[] = []
  const listeners = new Map<string, ChildListener>()
  const log: string[] = []
  const notices: Notice[] = []
  const plan = (name: string) => ({
    name,
    drainMs: 1000,
    spawn: (listener: ChildListener) => {
      listeners.set(name, listener)
      log.push(`spawn ${name}`)
      return { pid: 1, signal: (signal: string) => void log.push(`${signal} ${name}`), send: () => undefined }
    },
  })
  const supervision = supervise({
    children: [plan("control-plane"), plan("data-plane")],
    clock: {
      now: () => now,
      after: (ms, callback) => {
        const timer = { at: now + ms, callback }
        timers.push(timer)
        return () => {
          timers = timers.filter((one) => one !== timer)
        }
      },
    },
    onNotice: (notice) => notices.push(notice),
    onMessage: () => undefined,
  })
  return {
    supervision,
    log,
    notices,
    said: (name: string) => listeners.get(name)?.onMessage({ type: "started" }),
    die: (name: string, code?: number) => listeners.get(name)?.onExit(code, code === undefined ? "SIGKILL" : undefined),
    advance: (ms: number) => {
      now += ms
      const due = timers.filter((one) => one.at <= now)
      timers = timers.filter((one) => one.at > now)
      for (const timer of due) timer.callback()
    },
    startBoth: () => {
      supervision.start("control-plane")
      supervision.start("data-plane")
      log.length = 0
    },
  }
}

describe("supervise", () => {
  it("starts one child again and leaves the other alone", () => {
    const { startBoth, said, die, advance, log, notices } = bench()
    startBoth()
    said("control-plane")
    die("control-plane")
    expect(log).toEqual([])
    advance(0)
    expect(log).toEqual(["spawn control-plane"])
    expect(notices.at(-2)).toMatchObject({ type: "exited", name: "control-plane", signal: "SIGKILL", restartInMs: 0 })
    die("control-plane")
    advance(249)
    expect(log).toEqual(["spawn control-plane"])
    advance(1)
    expect(log).toEqual(["spawn control-plane", "spawn control-plane"])
  })

  it("ends the children in the opposite order, each after the one before", async () => {
    const { startBoth, die, log, supervision } = bench()
    startBoth()
    supervision.stop()
    supervision.stop()
    expect(log).toEqual(["SIGTERM data-plane"])
    die("data-plane", 0)
    expect(log).toEqual(["SIGTERM data-plane", "SIGTERM control-plane"])
    die("control-plane", 0)
    expect(await supervision.ended).toBe(0)
  })

  it("ends what is left when one dies on its own while stopping, without starting it again", async () => {
    const { startBoth, die, advance, log, supervision } = bench()
    startBoth()
    supervision.stop()
    die("control-plane")
    advance(0)
    die("data-plane", 0)
    expect(log.filter((line) => line.startsWith("spawn"))).toEqual([])
    expect(await supervision.ended).toBe(0)
  })

  it("kills a child that does not drain in time, and says so by its exit code", async () => {
    const { startBoth, die, advance, log, notices, supervision } = bench()
    startBoth()
    supervision.stop()
    advance(1000)
    expect(log).toEqual(["SIGTERM data-plane", "SIGKILL data-plane"])
    expect(notices.at(-1)).toEqual({ type: "killed", name: "data-plane" })
    die("data-plane")
    die("control-plane", 0)
    expect(await supervision.ended).toBe(1)
  })

  it("ends the whole start when a child refuses to start", async () => {
    const { startBoth, said, die, advance, log, notices, supervision } = bench()
    startBoth()
    said("control-plane")
    die("data-plane", 1)
    expect(notices.at(-1)).toMatchObject({ type: "exited", name: "data-plane", isRefusal: true })
    advance(60_000)
    expect(log).toEqual(["SIGTERM control-plane", "SIGKILL control-plane"])
    die("control-plane")
    expect(notices.at(-1)).toMatchObject({ type: "exited", name: "control-plane", isRefusal: false })
    expect(await supervision.ended).toBe(1)
  })

  it("kills at once when asked, also a child that waits for its restart", async () => {
    const { startBoth, said, die, advance, log, supervision } = bench()
    startBoth()
    said("data-plane")
    die("data-plane")
    supervision.kill()
    expect(log).toEqual(["SIGTERM control-plane", "SIGKILL control-plane"])
    die("control-plane")
    advance(60_000)
    expect(await supervision.ended).toBe(1)
    expect(log).not.toContain("spawn data-plane")
  })
})
