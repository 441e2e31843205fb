import { describe, expect, it } from "vitest"
import { GatewayError } from "../canonical/error.ts"
import { abortReason } from "../clock.ts"
import type { LoopEnd } from "../pool/attempt-loop.ts"
import { runChoices } from "./choices.ts"

const answered: LoopEnd = { hasContent: true, accountLabel: "a" }
const failed = (message: string): LoopEnd => ({
  error: new GatewayError("upstream_failed", message),
  failureClass: "server",
  hasContent: false,
})

/** Runs until its signal ends it. */
const endless = (signal: AbortSignal): Promise<LoopEnd> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(abortReason(signal))
    signal.addEventListener("abort", () => reject(abortReason(signal)), { once: true })
  })

const signal = new AbortController().signal

describe("runChoices", () => {
  it("is answered when all are", async () => {
    const end = await runChoices([async () => answered, async () => answered], { signal, mayBeFewer: false })
    expect(end).toEqual(answered)
  })

  it("calls the others off at the first failure, where it is all or none", async () => {
    const end = await runChoices([endless, async () => failed("first"), endless], { signal, mayBeFewer: false })
    expect(end).toMatchObject({ error: { message: "first" }, failureClass: "server" })
  })

  it("G168 goes on without those that fail, where some are enough", async () => {
    let late: ((end: LoopEnd) => void) | undefined
    const slow = new Promise<LoopEnd>((resolve) => (late = resolve))
    const end = runChoices([async () => failed("first"), () => slow], { signal, mayBeFewer: true })
    late?.(answered)
    expect(await end).toEqual(answered)
  })

  it("fails by the first answer's error when all fail", async () => {
    const end = await runChoices([async () => failed("first"), async () => failed("second")], {
      signal,
      mayBeFewer: true,
    })
    expect(end).toMatchObject({ error: { message: "first" } })
  })

  it.each([[true], [false]])("ends all with the exchange's signal (some are enough: %s)", async (mayBeFewer) => {
    const controller = new AbortController()
    const end = runChoices([endless, endless], { signal: controller.signal, mayBeFewer })
    controller.abort(new Error("the client left"))
    await expect(end).rejects.toThrow("the client left")
    await expect(runChoices([endless], { signal: controller.signal, mayBeFewer })).rejects.toThrow("the client left")
  })

  it("a fault of our own ends all and is not hidden", async () => {
    const broken = async (): Promise<LoopEnd> => Promise.reject(new Error("a bug"))
    await expect(runChoices([endless, broken], { signal, mayBeFewer: true })).rejects.toThrow("a bug")
  })
})
