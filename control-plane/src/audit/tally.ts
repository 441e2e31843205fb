/**
 * What was not done, told without end, must not fill the disk: of the same refusal (who, what, why, about what, from where) the first of a
 * minute is written at once, the others are counted and written as one event when the minute is over. Each actor, and nobody counts as one,
 * has so many different ones at a time and a day; beyond that only action and reason are told, once an hour. What is counted is in
 * memory: a process that is killed loses the counts of its last minute, never the first of a kind.
 */
import type { Clock } from "../clock.ts"
import { addressGroup } from "#shared/client-address.ts"
import type { UnchainedEvent } from "./chain.ts"

const WINDOW_MS = 60_000
const ROUGH_WINDOW_MS = 3_600_000
const DAY_MS = 86_400_000
/** Different refusals of one actor that are told apart at a time, and a UTC day. */
export const MAX_AT_ONCE = 20
export const MAX_A_DAY = 500

export interface Tally {
  /** Takes an event that tells of something that was not done. */
  add(event: UnchainedEvent): void
  /** Writes what was counted so far. */
  flush(): void
}

export interface TallyOptions {
  readonly clock: Clock
  /** Writes in the background, in the order of the calls. */
  readonly write: (event: UnchainedEvent) => void
}

interface Window {
  readonly actor: string
  readonly isRough: boolean
  /** Those that are not written yet, told as the last of them. */
  unwritten: UnchainedEvent | undefined
  readonly cancel: () => void
}

export function createTally({ clock, write }: TallyOptions): Tally {
  const windows = new Map<string, Window>()
  /** Of the day, by actor. */
  const told = new Map<string, number>()
  let day = 0

  function mayTellApart(actor: string): boolean {
    const today = Math.floor(clock.now() / DAY_MS)
    if (today !== day) told.clear()
    day = today
    let atOnce = 0
    for (const window of windows.values()) if (window.actor === actor && !window.isRough) atOnce += 1
    const count = told.get(actor) ?? 0
    if (atOnce >= MAX_AT_ONCE || count >= MAX_A_DAY) return false
    told.set(actor, count + 1)
    return true
  }

  function close(key: string): void {
    const window = windows.get(key)
    windows.delete(key)
    window?.cancel()
    if (window?.unwritten !== undefined) write(window.unwritten)
  }

  function takeInto(key: string, actor: string, event: UnchainedEvent, isRough: boolean): void {
    const window = windows.get(key)
    if (window !== undefined) {
      window.unwritten = { ...event, requestId: null, count: (window.unwritten?.count ?? 0) + event.count }
      return
    }
    const cancel = clock.after(isRough ? ROUGH_WINDOW_MS : WINDOW_MS, () => close(key))
    windows.set(key, { actor, isRough, unwritten: undefined, cancel })
    write(event)
  }

  return {
    add: (event) => {
      const { actorKind, actorId, actorName, action, outcome, code, objectId, address } = event
      const actor = JSON.stringify([actorKind, actorId, actorName])
      const what = [actor, action, outcome, code]
      const key = JSON.stringify([...what, objectId, address === null ? null : addressGroup(address)])
      if (windows.has(key) || mayTellApart(actor)) return takeInto(key, actor, event, false)
      const rough = { ...event, requestId: null, address: null, objectKind: null, objectId: null, objectLabel: null }
      takeInto(JSON.stringify(what), actor, rough, true)
    },
    flush: () => {
      for (const key of windows.keys()) close(key)
    },
  }
}
