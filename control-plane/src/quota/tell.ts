/**
 * Which readings data planes are told. Every told reading is a snapshot for all of them, and most readings say what the one before
 * said: one is told when it changes which account is chosen, not when it is new. Pure.
 */
import { quotaTimeLeft, SAME_RESET_MS, type QuotaWindow } from "#shared/quota-bucket.ts"

export interface TellableReading {
  readonly remainingFraction: number
  readonly resetsAt: number | undefined
  readonly readAt: number
}

/** now: an account may be chosen that might not, or the other way round. soon: accounts change places. */
export type Telling = "now" | "soon" | "not"

/** A move in what is left, and in the share of the window that is to come, that changes places worth changing. */
const FRACTION_STEP = 0.02
const TIME_STEP = 0.1
/** A window that data planes believe to end within this is told anew when it does not: the next reading may come after that. */
const ENDING_MS = 90 * 60_000

/** `told` is what data planes have; undefined: nothing. What is not above `reserve` is left alone. */
export function whenToTell(
  told: TellableReading | undefined,
  read: TellableReading,
  window: QuotaWindow,
  reserve: number,
): Telling {
  if (told === undefined) return "now"
  const isEmpty = read.remainingFraction <= reserve
  if (isEmpty !== told.remainingFraction <= reserve) return "now"
  if ((read.resetsAt === undefined) !== (told.resetsAt === undefined)) return "now"
  const later = (read.resetsAt ?? 0) - (told.resetsAt ?? 0)
  // When an empty window comes back is when the account does.
  if (isEmpty && Math.abs(later) >= SAME_RESET_MS) return "now"
  if (Math.abs(read.remainingFraction - told.remainingFraction) >= FRACTION_STEP) return "soon"
  if (Math.abs(quotaTimeLeft(window, read) - quotaTimeLeft(window, told)) >= TIME_STEP) return "soon"
  const isEnding = told.resetsAt !== undefined && told.resetsAt - read.readAt < ENDING_MS
  return isEnding && later >= SAME_RESET_MS ? "soon" : "not"
}

/** Changes that can wait go out together after this long. */
export const SOON_MS = 30_000

const URGENCY: readonly Telling[] = ["not", "soon", "now"]

export function mostUrgent(tellings: readonly Telling[]): Telling {
  return URGENCY[Math.max(0, ...tellings.map((telling) => URGENCY.indexOf(telling)))] ?? "not"
}
