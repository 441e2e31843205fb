import { LINK_DEAD_MS, type DownFrame } from "#shared/link-protocol.ts"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import {
  judgeSnapshot,
  nextLinkStep,
  redialDelayMs,
  type LinkAction,
  type LinkEvent,
  type LinkState,
} from "./link-state.ts"

const hello: DownFrame = { type: "hello", controlPlaneVersion: "1", nodeId: "n" }
const frame: DownFrame = { type: "snapshot", epoch: 1, version: 1, schemaVersion: 1, hash: "h", body: "{}" }

const command: DownFrame = {
  type: "command",
  id: "c",
  expiresAt: 1,
  command: { type: "release-conversations", of: { conversation: "1" } },
}

function play(events: readonly LinkEvent[]): { state: LinkState; actions: LinkAction[] } {
  let state: LinkState = { type: "stopped" }
  const actions: LinkAction[] = []
  for (const event of events) {
    const step = nextLinkStep(state, event)
    state = step.state
    actions.push(...step.actions)
  }
  return { state, actions }
}

const failure = { reason: "x", isNobodyThere: false }
const opened: LinkEvent[] = [{ type: "start" }, { type: "opened", at: 0 }, { type: "frame", frame: hello, at: 1 }]
const types = (actions: readonly LinkAction[]): string[] => actions.map(({ type }) => type)

describe("the link", () => {
  test("dials, is greeted, judges what comes", () => {
    const { state, actions } = play([
      ...opened,
      { type: "frame", frame, at: 2 },
      { type: "frame", frame: command, at: 3 },
    ])
    expect(types(actions)).toEqual(["dial", "greeted", "judge", "obey"])
    expect(state).toMatchObject({ type: "open", heardAt: 3 })
  })

  test("hangs up on whoever does not greet first", () => {
    expect(
      types(play([{ type: "start" }, { type: "opened", at: 0 }, { type: "frame", frame, at: 1 }]).actions),
    ).toEqual(["dial", "hang-up", "dial-later"])
  })

  test("takes silence for death after fifteen seconds, and a heartbeat for life", () => {
    const beat: LinkEvent = { type: "frame", frame: { type: "heartbeat", at: 0 }, at: 10_000 }
    expect(play([...opened, beat, { type: "tick", at: LINK_DEAD_MS + 9_999 }]).state.type).toBe("open")
    expect(types(play([...opened, beat, { type: "tick", at: LINK_DEAD_MS + 10_000 }]).actions).slice(-2)).toEqual([
      "hang-up",
      "dial-later",
    ])
  })

  test("counts failures in a row until somebody greets", () => {
    const failing: LinkEvent[] = [
      { type: "start" },
      { type: "failed", failure },
      { type: "dial" },
      { type: "failed", failure },
    ]
    expect(play(failing).state).toEqual({ type: "waiting", failures: 2 })
    expect(
      play([...failing, { type: "dial" }, { type: "opened", at: 0 }, { type: "frame", frame: hello, at: 1 }]).state,
    ).toMatchObject({ failures: 0 })
  })

  test("after a stop nothing moves it", () => {
    fc.assert(
      fc.property(fc.array(anyEvent(), { maxLength: 20, size: "max" }), (events) => {
        const { state, actions } = play([...opened, { type: "stop" }, ...events.filter(({ type }) => type !== "start")])
        expect(state.type).toBe("stopped")
        expect(types(actions).slice(2)).toEqual([
          "hang-up",
          ...events.filter(({ type }) => type === "stop").map(() => "hang-up"),
        ])
      }),
    )
  })

  test("never dials twice at once, whatever comes in whatever order", () => {
    fc.assert(
      fc.property(fc.array(anyEvent(), { maxLength: 60, size: "max" }), (events) => {
        let lines = 0
        let state: LinkState = { type: "stopped" }
        for (const event of events) {
          if (event.type === "failed" && lines > 0) lines--
          const step = nextLinkStep(state, event)
          state = step.state
          for (const action of step.actions) {
            if (action.type === "hang-up") lines = 0
            if (action.type === "dial") expect(++lines).toBe(1)
          }
        }
      }),
    )
  })
})

function anyEvent(): fc.Arbitrary<LinkEvent> {
  return fc.oneof(
    fc.constantFrom<LinkEvent>({ type: "start" }, { type: "dial" }, { type: "stop" }, { type: "failed", failure }),
    fc.record({ type: fc.constant("opened" as const), at: fc.nat(100_000) }),
    fc.record({ type: fc.constant("tick" as const), at: fc.nat(100_000) }),
    fc.record({ type: fc.constant("frame" as const), frame: fc.constantFrom(hello, frame), at: fc.nat(100_000) }),
  )
}

test("any order of snapshots ends at the newest", () => {
  const stamp = fc.record({ epoch: fc.nat(3), version: fc.nat(5), hash: fc.constant("h") })
  fc.assert(
    fc.property(fc.array(stamp, { minLength: 1 }), (stamps) => {
      let inForce = { epoch: -1, version: 0, hash: "" }
      for (const arriving of stamps) if (judgeSnapshot(arriving, inForce) === "newer") inForce = arriving
      const newest = stamps.toSorted((left, right) => right.epoch - left.epoch || right.version - left.version)[0]
      expect(inForce).toEqual(newest)
    }),
  )
})

test("under one stamp another content contradicts; under another stamp the hash says nothing", () => {
  const inForce = { epoch: 2, version: 5, hash: "a" }
  expect(judgeSnapshot({ epoch: 2, version: 5, hash: "a" }, inForce)).toBe("same")
  expect(judgeSnapshot({ epoch: 2, version: 5, hash: "b" }, inForce)).toBe("contradicting")
  expect(judgeSnapshot({ epoch: 2, version: 4, hash: "a" }, inForce)).toBe("older")
  expect(judgeSnapshot({ epoch: 3, version: 1, hash: "a" }, inForce)).toBe("newer")
})

test("waits grow to ten seconds and are spread", () => {
  expect([1, 2, 3, 4].map((failures) => redialDelayMs(failures, 1))).toEqual([250, 500, 1_000, 2_000])
  expect(redialDelayMs(50, 1)).toBe(10_000)
  expect(redialDelayMs(50, 0)).toBe(5_000)
})
