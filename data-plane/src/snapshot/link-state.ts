/**
 * The protocol of the link as a pure state machine: an event in, the next state and what to do out. No socket, no clock, no
 * randomness; `link-client.ts` binds it to them.
 */
import type { CommandFrame } from "#shared/link-command.ts"
import { LINK_DEAD_MS, type DownFrame, type SnapshotFrame } from "#shared/link-protocol.ts"
import { never } from "#shared/never.ts"
import type { LinkFailure } from "./link-outage.ts"

export type LinkState =
  | { readonly type: "stopped" }
  /** Waiting to dial; `failures` in a row so far. */
  | { readonly type: "waiting"; readonly failures: number }
  | { readonly type: "dialling"; readonly failures: number }
  /** Open; `heardAt` is when the last frame came. */
  | { readonly type: "open"; readonly failures: number; readonly heardAt: number; readonly isGreeted: boolean }

export type LinkEvent =
  | { readonly type: "start" }
  | { readonly type: "dial" }
  | { readonly type: "opened"; readonly at: number }
  | { readonly type: "frame"; readonly frame: DownFrame; readonly at: number }
  | { readonly type: "failed"; readonly failure: LinkFailure }
  /** Now and then, so that silence is noticed. */
  | { readonly type: "tick"; readonly at: number }
  | { readonly type: "stop" }

export type LinkAction =
  | { readonly type: "dial" }
  | { readonly type: "dial-later"; readonly failures: number; readonly failure: LinkFailure }
  | { readonly type: "hang-up"; readonly reason: string }
  | { readonly type: "greeted"; readonly nodeId: string; readonly controlPlaneVersion: string }
  | { readonly type: "judge"; readonly frame: SnapshotFrame }
  | { readonly type: "obey"; readonly frame: CommandFrame }

export interface LinkStep {
  readonly state: LinkState
  readonly actions: readonly LinkAction[]
}

const stay = (state: LinkState): LinkStep => ({ state, actions: [] })

export function nextLinkStep(state: LinkState, event: LinkEvent): LinkStep {
  switch (event.type) {
    case "start":
      return state.type === "stopped" ? dial(0) : stay(state)
    case "dial":
      return state.type === "waiting" ? dial(state.failures) : stay(state)
    case "opened":
      if (state.type !== "dialling") return stay(state)
      return stay({ type: "open", failures: state.failures, heardAt: event.at, isGreeted: false })
    case "frame":
      return state.type === "open" ? heard(state, event.frame, event.at) : stay(state)
    case "failed":
      return state.type === "dialling" || state.type === "open" ? lost(state, event.failure) : stay(state)
    case "tick":
      if (state.type !== "open" || event.at - state.heardAt < LINK_DEAD_MS) return stay(state)
      return hangUp(state, "the control plane is silent")
    case "stop":
      return { state: { type: "stopped" }, actions: [{ type: "hang-up", reason: "stopping" }] }
    default:
      return never(event)
  }
}

type Open = Extract<LinkState, { type: "open" }>

function heard(state: Open, frame: DownFrame, at: number): LinkStep {
  if (!state.isGreeted && frame.type !== "hello") return hangUp(state, `the first frame is ${frame.type}, not hello`)
  const open: Open = { ...state, heardAt: at, isGreeted: true, failures: 0 }
  switch (frame.type) {
    case "hello":
      return {
        state: open,
        actions: [{ type: "greeted", nodeId: frame.nodeId, controlPlaneVersion: frame.controlPlaneVersion }],
      }
    case "snapshot":
      return { state: open, actions: [{ type: "judge", frame }] }
    case "command":
      return { state: open, actions: [{ type: "obey", frame }] }
    case "heartbeat":
      return stay(open)
    default:
      return never(frame)
  }
}

function dial(failures: number): LinkStep {
  return { state: { type: "dialling", failures }, actions: [{ type: "dial" }] }
}

function lost(state: Extract<LinkState, { failures: number }>, failure: LinkFailure): LinkStep {
  const failures = state.failures + 1
  return { state: { type: "waiting", failures }, actions: [{ type: "dial-later", failures, failure }] }
}

function hangUp(state: Open, reason: string): LinkStep {
  const step = lost(state, { reason, isNobodyThere: false })
  return { state: step.state, actions: [{ type: "hang-up", reason }, ...step.actions] }
}

export type SnapshotJudgement = "newer" | "same" | "older" | "contradicting"

interface Stamped {
  readonly epoch: number
  readonly version: number
  /** Undefined only where nothing is in force. */
  readonly hash: string | undefined
}

/** How an arriving snapshot stands to the one in force. A higher epoch wins whatever its version. */
export function judgeSnapshot(arriving: Stamped, inForce: Stamped): SnapshotJudgement {
  const difference = arriving.epoch - inForce.epoch || arriving.version - inForce.version
  if (difference !== 0) return difference > 0 ? "newer" : "older"
  return arriving.hash === inForce.hash ? "same" : "contradicting"
}

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 10_000

/** How long to wait before dialling again: doubling, at most ten seconds, spread by `random` (0 to 1) so that nodes do not march in step. */
export function redialDelayMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(10, failures - 1))
  return Math.round(ceiling * (0.5 + random / 2))
}
