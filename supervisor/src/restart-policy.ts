/**
 * When a child process is started again: a pure state machine, so that the law can be tested without processes and clocks.
 *
 * A child that dies is started again at once, then after 250 ms, doubled up to half a minute; a minute of running forgets the
 * failures. A child that refuses to start (exit code 1 before it ever said that it started) is not started again: its own
 * last sentence says why, a busy port for example.
 */
export type ChildState =
  | { readonly type: "running"; readonly since: number; readonly failures: number; readonly hasStarted: boolean }
  | { readonly type: "waiting"; readonly until: number; readonly failures: number; readonly hasStarted: boolean }
  | { readonly type: "stopping" }
  | { readonly type: "ended"; readonly refused: boolean }

export type ChildEvent =
  /** The child said that it serves. */
  | { readonly type: "started" }
  | { readonly type: "exited"; readonly code: number | undefined }
  /** The waiting time is over. */
  | { readonly type: "due" }
  | { readonly type: "stop" }

export type ChildAction =
  | { readonly type: "spawn" }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "terminate" }

export const FIRST_DELAY_MS = 250
export const LONGEST_DELAY_MS = 30_000
export const STABLE_MS = 60_000

/** Milliseconds before start number `failures + 1` in a row of failures. */
export function restartDelay(failures: number): number {
  return failures === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS)
}

/** The state of a child that is spawned for the first time at `now`. */
export function firstState(now: number): ChildState {
  return { type: "running", since: now, failures: 0, hasStarted: false }
}

/** The next state and what is to be done; an event that means nothing in this state changes nothing. */
export function nextState(
  state: ChildState,
  event: ChildEvent,
  now: number,
): { readonly state: ChildState; readonly action?: ChildAction } {
  switch (state.type) {
    case "running":
      if (event.type === "started") return { state: { ...state, hasStarted: true } }
      if (event.type === "stop") return { state: { type: "stopping" }, action: { type: "terminate" } }
      if (event.type === "exited") return afterExit(state, event.code, now)
      return { state }
    case "waiting":
      if (event.type === "stop") return { state: { type: "ended", refused: false } }
      if (event.type === "due") return { state: { ...state, type: "running", since: now }, action: { type: "spawn" } }
      return { state }
    case "stopping":
      return event.type === "exited" ? { state: { type: "ended", refused: false } } : { state }
    case "ended":
      return { state }
  }
}

function afterExit(
  state: Extract<ChildState, { type: "running" }>,
  code: number | undefined,
  now: number,
): { readonly state: ChildState; readonly action?: ChildAction } {
  if (!state.hasStarted && code === 1) return { state: { type: "ended", refused: true } }
  const failures = now - state.since >= STABLE_MS ? 0 : state.failures
  const ms = restartDelay(failures)
  const waiting = { type: "waiting", until: now + ms, failures: failures + 1, hasStarted: state.hasStarted } as const
  return { state: waiting, action: { type: "wait", ms } }
}
