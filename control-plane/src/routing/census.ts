import type { PoolCensus } from "#shared/link-protocol.ts"
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { AccountGroup } from "#shared/route.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotAccount } from "#shared/snapshot.ts"

type Place = "unusable" | "outside" | "notOffered" | "modelOff" | "resting" | "candidates"

/**
 * How many accounts could serve a model, and what keeps the others, as far as it is known here: slots in use and rests that nobody told
 * the end of are the data planes' own.
 */
export function censusOf(
  world: CompiledSnapshot,
  model: string,
  group: AccountGroup | undefined,
  now: number,
): PoolCensus {
  const counts: Record<Place, number> = {
    unusable: 0,
    outside: 0,
    notOffered: 0,
    modelOff: 0,
    resting: 0,
    candidates: 0,
  }
  const offering = new Set(world.accountsByModel.get(model))
  const unread = new Set(world.accountsWithoutCatalogue)
  for (const account of world.snapshot.accounts) {
    const isOffered = offering.has(account) || unread.has(account)
    counts[placeOf(account, model, group, isOffered, now)]++
  }
  return { known: world.snapshot.accounts.length, ...counts }
}

function placeOf(
  account: SnapshotAccount,
  model: string,
  group: AccountGroup | undefined,
  isOffered: boolean,
  now: number,
): Place {
  const { usable, tags = [], disabledModels = [], cooldowns = [], quota = [], reserve = 0 } = account
  if (!usable) return "unusable"
  if (group !== undefined && !tags.some((tag) => group.tags.includes(tag))) return "outside"
  if (!isOffered) return "notOffered"
  if (disabledModels.includes(model)) return "modelOff"
  const bucket = quotaBucket(model)
  const isUsedUp = quota.some(
    (reading) =>
      reading.bucket === bucket && reading.remainingFraction <= reserve && (reading.resetsAt ?? Infinity) > now,
  )
  const rests = cooldowns.some((cooldown) => cooldown.bucket === bucket && cooldown.until > now)
  return rests || isUsedUp ? "resting" : "candidates"
}
