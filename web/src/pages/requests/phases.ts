/** What a request did from its head to its end, one thing after the other, as its record tells. Pure; what is not known is left out. */
import type { Attempt, RequestRecord } from "./create-record.ts"

/** Whose time it is: the client's, our own, a wait of ours, the upstream's. */
export type PhaseOwner = "client" | "own" | "wait" | "upstream"

const OWNERS = {
  received: "client",
  fetched: "wait",
  prepared: "own",
  slot: "wait",
  chosen: "own",
  token: "wait",
  pause: "wait",
  connected: "wait",
  firstByte: "upstream",
  firstPart: "upstream",
  answer: "upstream",
  silence: "upstream",
} as const satisfies Record<string, PhaseOwner>

export type PhaseName = keyof typeof OWNERS

/** Milliseconds since the request's head. */
export interface Phase {
  readonly name: PhaseName
  readonly owner: PhaseOwner
  readonly startMs: number
  readonly endMs: number
}

function phase(name: PhaseName, startMs: number, endMs: number): Phase {
  return { name, owner: OWNERS[name], startMs, endMs: Math.max(startMs, endMs) }
}

/** Until an account was asked for. */
export function phasesBefore({ receivedMs, fetchedMs, durationMs, attempts, refusal }: RequestRecord): Phase[] {
  if (receivedMs === null) return []
  const readyMs = receivedMs + (fetchedMs ?? 0)
  const [first] = attempts
  const askedMs = first === undefined ? durationMs - waitedInVain(refusal) : first.askedMs
  return [
    phase("received", 0, receivedMs),
    ...(fetchedMs === null ? [] : [phase("fetched", receivedMs, readyMs)]),
    ...(askedMs === null ? [] : [phase("prepared", readyMs, askedMs)]),
  ]
}

function waitedInVain(refusal: RequestRecord["refusal"]): number {
  return (refusal?.waitedMs ?? 0) + (refusal?.renewalMs ?? 0)
}

/** From the wait for an account to the end of what the upstream did; `previous` is the attempt before. */
export function phasesOf(attempt: Attempt, previous: Attempt | undefined): Phase[] {
  const { askedMs, waitedMs, renewalMs, startedMs, connectMs, firstByteMs, firstPartMs, endedMs } = attempt
  const phases: Phase[] = []
  const tokenFrom = startedMs - (renewalMs ?? 0)
  if (askedMs !== null) {
    const chosenFrom = askedMs + (waitedMs ?? 0)
    if (waitedMs !== null) phases.push(phase("slot", askedMs, chosenFrom))
    phases.push(phase("chosen", chosenFrom, tokenFrom))
  } else if (previous !== undefined) phases.push(phase("pause", previous.endedMs, tokenFrom))
  if (renewalMs !== null) phases.push(phase("token", tokenFrom, startedMs))
  const sentFrom = startedMs + (connectMs ?? 0)
  if (connectMs !== null) phases.push(phase("connected", startedMs, sentFrom))
  if (firstByteMs === null) return [...phases, phase("silence", sentFrom, endedMs)]
  phases.push(phase("firstByte", sentFrom, firstByteMs))
  if (firstPartMs !== null) phases.push(phase("firstPart", firstByteMs, firstPartMs))
  return [...phases, phase("answer", firstPartMs ?? firstByteMs, endedMs)]
}

/** What was waited for in vain at the end. */
export function phasesOfRefusal({ refusal, durationMs }: RequestRecord): Phase[] {
  if (refusal === null) return []
  const slotFrom = durationMs - (refusal.waitedMs ?? 0)
  return [
    ...(refusal.renewalMs === null ? [] : [phase("token", slotFrom - refusal.renewalMs, slotFrom)]),
    ...(refusal.waitedMs === null ? [] : [phase("slot", slotFrom, durationMs)]),
  ]
}
