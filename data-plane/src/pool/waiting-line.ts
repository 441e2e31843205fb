/**
 * Who waits for a slot. Keys take turns, within a key its models do, and within those its conversations: a key that sends fifty times
 * as much waits fifty times as long, and nobody else does. An exchange that already failed on an account is first of its key: it has
 * waited before.
 */
import type { Timer } from "../clock.ts"
import type { Lease, LeaseAsk } from "./lease.ts"

/** Beyond this many waiting for one model, more would only wait in vain. */
export const MAX_WAITING_PER_MODEL = 1000

export interface Waiter {
  readonly ask: LeaseAsk
  timer: Timer
  /** Each settles the wait; the first wins and takes the waiter out of its line. */
  grant(lease: Lease): void
  refuse(error: Error): void
}

/** `not-for-all`: there are accounts that others might take and this one may not. */
export type Offered = "taken" | "not-now" | "not-for-all" | "key-full"

/** Of one key for one model. */
class Line {
  /** They can only be served by some accounts. */
  readonly again: Waiter[] = []
  /** Whose turn is next stands first. */
  readonly conversations = new Map<string, Waiter[]>()
  size = 0

  add(waiter: Waiter): void {
    this.size++
    if (waiter.ask.exclude.size > 0) {
      this.again.push(waiter)
      return
    }
    const conversation = waiter.ask.caller?.conversation ?? ""
    const waiters = this.conversations.get(conversation)
    if (waiters === undefined) this.conversations.set(conversation, [waiter])
    else waiters.push(waiter)
  }

  /** False: it was not there. */
  remove(waiter: Waiter): boolean {
    const conversation = waiter.ask.caller?.conversation ?? ""
    const waiters = waiter.ask.exclude.size > 0 ? this.again : this.conversations.get(conversation)
    const place = waiters?.indexOf(waiter) ?? -1
    if (waiters === undefined || place < 0) return false
    waiters.splice(place, 1)
    this.size--
    if (waiters.length === 0 && waiters !== this.again) this.conversations.delete(conversation)
    return true
  }

  /** A conversation has had its turn; the next in it waits for the others. */
  turn({ ask }: Waiter): void {
    const conversation = ask.caller?.conversation ?? ""
    const waiters = this.conversations.get(conversation)
    if (waiters === undefined || ask.exclude.size > 0) return
    this.conversations.delete(conversation)
    this.conversations.set(conversation, waiters)
  }

  /** The first of each conversation, in turn. */
  *firsts(): Iterable<Waiter> {
    for (const [first] of this.conversations.values()) if (first !== undefined) yield first
  }

  /** Who came last, of the conversation whose turn is last. */
  get last(): Waiter | undefined {
    return [...this.conversations.values()].at(-1)?.at(-1) ?? this.again.at(-1)
  }

  *all(): Iterable<Waiter> {
    yield* this.again
    for (const waiters of this.conversations.values()) yield* waiters
  }
}

export class WaitingLines {
  /** By key, then by model; whose turn is next stands first. */
  readonly #keys = new Map<string, Map<string, Line>>()
  readonly #sizes = new Map<string, number>()

  get isEmpty(): boolean {
    return this.#keys.size === 0
  }

  get size(): number {
    let size = 0
    for (const count of this.#sizes.values()) size += count
    return size
  }

  join(waiter: Waiter): void {
    const model = lineOf(waiter.ask)
    const key = keyOf(waiter)
    let lines = this.#keys.get(key)
    if (lines === undefined) this.#keys.set(key, (lines = new Map()))
    let line = lines.get(model)
    if (line === undefined) lines.set(model, (line = new Line()))
    line.add(waiter)
    this.#sizes.set(model, (this.#sizes.get(model) ?? 0) + 1)
  }

  /** Whatever the reason. Turns are taken only by being served. */
  leave(waiter: Waiter): void {
    const model = lineOf(waiter.ask)
    const key = keyOf(waiter)
    const lines = this.#keys.get(key)
    const line = lines?.get(model)
    if (lines === undefined || line === undefined || !line.remove(waiter)) return
    const left = (this.#sizes.get(model) ?? 1) - 1
    if (left === 0) this.#sizes.delete(model)
    else this.#sizes.set(model, left)
    if (line.size > 0) return
    lines.delete(model)
    if (lines.size === 0) this.#keys.delete(key)
  }

  /** Is there room for one more? A full line makes it at the cost of the key with most in it, which is told by `refuse`. */
  makeRoom(ask: LeaseAsk, refuse: (waiter: Waiter) => void): boolean {
    const model = lineOf(ask)
    const { caller } = ask
    if ((this.#sizes.get(model) ?? 0) < MAX_WAITING_PER_MODEL) return true
    let longest: Line | undefined
    for (const lines of this.#keys.values()) {
      const line = lines.get(model)
      if (line !== undefined && line.size > (longest?.size ?? 0)) longest = line
    }
    const own = this.#keys.get(caller?.key ?? "")?.get(model)?.size ?? 0
    const last = longest?.last
    if (last === undefined || own + 1 >= (longest?.size ?? 0)) return false
    refuse(last)
    return true
  }

  /**
   * Offers what is free to those who wait, in turn. `offer` says whether it was taken; a refusal of one who would take any account
   * holds for all who wait for that model, and one because of the key for all of that key.
   */
  serve(offer: (waiter: Waiter) => Offered): void {
    const closed = new Set<string>()
    // A key that was served goes to the end, where this loop meets it again.
    for (const [key, lines] of this.#keys) {
      if (closed.size === this.#sizes.size) return
      if (!offerLines(lines, closed, offer) || this.#keys.get(key) !== lines) continue
      this.#keys.delete(key)
      this.#keys.set(key, lines)
    }
  }

  all(): Waiter[] {
    return [...this.#keys.values()].flatMap((lines) => [...lines.values()].flatMap((line) => [...line.all()]))
  }
}

/** One lease for a key. True: it was taken. */
function offerLines(lines: Map<string, Line>, closed: Set<string>, offer: (waiter: Waiter) => Offered): boolean {
  for (const [model, line] of lines) {
    for (const waiter of line.again) {
      const answer = offer(waiter)
      if (answer === "key-full") return false
      if (answer === "taken") return takenFrom(lines, model, line)
    }
    if (closed.has(model)) continue
    for (const waiter of line.firsts()) {
      const answer = offer(waiter)
      if (answer === "key-full") return false
      if (answer === "taken") {
        line.turn(waiter)
        return takenFrom(lines, model, line)
      }
      if (answer === "not-for-all") continue
      closed.add(model)
      break
    }
  }
  return false
}

/** The model has had its turn. */
function takenFrom(lines: Map<string, Line>, model: string, line: Line): true {
  if (lines.get(model) !== line) return true
  lines.delete(model)
  lines.set(model, line)
  return true
}

/** Who waits for some accounts only stands in no line with who takes any. A model's name comes from a client and stands last. */
function lineOf({ model, group }: LeaseAsk): string {
  return `${group?.name ?? ""} ${model}`
}

function keyOf({ ask }: Waiter): string {
  return ask.caller?.key ?? ""
}
